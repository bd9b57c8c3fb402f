#include "evaluate/rank/list_metrics.h"

#include <algorithm>
#include <cmath>

#include "core/buffer.h"
#include "core/error.h"
#include "core/text.h"
#include "kernels/queries/top_list.h"

namespace bakeoff {
namespace {

using kernels::TensorView;
using kernels::TopList;

// What one thread lists with.
struct Lister {
  Buffer<std::uint32_t> documents;
  Buffer<char> scratch{static_cast<Index>(kernels::top_list_scratch_bytes())};

  explicit Lister(const ListJob& job) : documents(std::max<Index>(job.judged.longest(), 1)) {}

  TopList list(const ListJob& job, Index candidate, Index q) const {
    return std::visit(
        [&]<class T>(const TensorView<const T, 2>& scores) {
          const kernels::QueryScores<T> view{scores, job.judged.row(), job.options.trec_ties, job.options.drop_nan};
          return kernels::top_list(job.judged.queries(), view, candidate, q, job.cut, documents.data(), scratch.data());
        },
        job.input.scores);
  }
};

Index row_of(const ListJob& job, Index q, std::uint32_t document) {
  const Index place = job.judged.queries().offsets[q] + document;
  return job.judged.row() ? job.judged.row()[place] : place;
}

// The sum of some documents' vectors, each of length 1.
struct UnitSum {
  std::vector<double> sum;
  double vectors = 0;  // without those of zeros

  explicit UnitSum(Index size) : sum(static_cast<std::size_t>(size), 0) {}
  void add(const double* vector) {
    double square = 0;
    for (std::size_t i = 0; i < sum.size(); ++i) square += vector[i] * vector[i];
    if (square == 0) return;
    const double scale = 1 / std::sqrt(square);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += vector[i] * scale;
    ++vectors;
  }
  double dot(const UnitSum& other) const {
    double out = 0;
    for (std::size_t i = 0; i < sum.size(); ++i) out += sum[i] * other.sum[i];
    return out;
  }
  // Over pairs of different documents.
  double cosines() const { return (dot(*this) - vectors) / 2; }
};

double list_diversity(const ListJob& job, Index q, const TopList& list, const std::uint32_t* documents) {
  if (list.length() < 2) return 0;
  const TensorView<const double, 2>& vectors = job.input.vectors;
  UnitSum sure(vectors.extent(1)), tied(vectors.extent(1));
  for (Index i = 0; i < list.sure + list.tied; ++i) {
    const Index row = row_of(job, q, documents[i]);
    const Index vector = job.input.vector_of_row ? job.input.vector_of_row[row] : row;
    (i < list.sure ? sure : tied).add(vectors.data + vector * vectors.strides[0]);
  }
  const auto length = static_cast<double>(list.length()), n = static_cast<double>(list.tied);
  const auto places = static_cast<double>(list.places);
  double cosines = sure.cosines();
  if (n > 0) cosines += places / n * sure.dot(tied);
  if (n > 1) cosines += places * (places - 1) / (n * (n - 1)) * tied.cosines();
  return std::max(0.0, 1 - cosines / (length * (length - 1) / 2));
}

double candidate_coverage(const ListJob& job, Index candidate) {
  const Lister lister(job);
  std::vector<double> absent(static_cast<std::size_t>(job.input.document_count), 1);
  for (Index q = 0; q < job.judged.queries().queries; ++q) {
    const TopList list = lister.list(job, candidate, q);
    for (Index i = 0; i < list.sure + list.tied; ++i) {
      const double chance = i < list.sure ? 1 : static_cast<double>(list.places) / static_cast<double>(list.tied);
      absent[job.input.documents[row_of(job, q, lister.documents[i])]] *= 1 - chance;
    }
  }
  double shown = 0;
  for (const double chance : absent) shown += 1 - chance;
  const Index catalog = job.options.catalog_size > 0 ? job.options.catalog_size : job.input.document_count;
  return catalog == 0 ? kNaN : shown / static_cast<double>(catalog);
}

}  // namespace

std::vector<double> coverage(const ListJob& job) {
  if (!job.input.documents) throw SpecError("coverage: pass the ids of the documents");
  if (job.options.catalog_size != 0 && job.options.catalog_size < job.input.document_count)
    throw SpecError("catalog_size: expected at least the " + std::to_string(job.input.document_count) +
                    " documents that there are, got " + std::to_string(job.options.catalog_size));
  std::vector<double> out(static_cast<std::size_t>(job.input.candidates()));
  job.execution.workers().for_each(job.input.candidates(), [&](Index m) { out[m] = candidate_coverage(job, m); });
  return out;
}

void diversity(const ListJob& job, double* out, Index step) {
  const TensorView<const double, 2>& vectors = job.input.vectors;
  if (!vectors.data) throw SpecError("diversity: pass the vectors of the documents");
  for (Index i = 0; i < vectors.extent(0) * vectors.extent(1); ++i)
    if (!std::isfinite(vectors.data[i]))
      throw DataError("vectors: vector " + std::to_string(i / vectors.extent(1)) + ": expected finite numbers, got " +
                      shortest(vectors.data[i]));
  constexpr Index kQueries = 64;  // of a piece of work, which has a list of its own
  const Index queries = job.judged.queries().queries, blocks = (queries + kQueries - 1) / kQueries;
  job.execution.workers().for_each(blocks * job.input.candidates(), [&](Index item) {
    const Index m = item / blocks, first = item % blocks * kQueries;
    const Lister lister(job);
    for (Index q = first; q < std::min(queries, first + kQueries); ++q)
      out[m * step + q] = job.judged.queries().documents(q) == 0
                              ? kNaN
                              : list_diversity(job, q, lister.list(job, m, q), lister.documents.data());
  });
}

}  // namespace bakeoff

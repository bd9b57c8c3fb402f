#include "evaluate/rank/judgements.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {
namespace {

// Queries of a piece of work.
constexpr Index kQueries = 256;

template <class F>
void for_each_query(const Execution& execution, Index queries, const F& f) {
  execution.workers().for_each((queries + kQueries - 1) / kQueries, [&](Index block) {
    for (Index q = block * kQueries; q < std::min(queries, (block + 1) * kQueries); ++q) f(q);
  });
}

}  // namespace

Judgements::Judgements(const Execution& execution, const RankInput& input, const RankOptions& options,
                       bool exponential) {
  const QueryIndex& index = *input.queries;
  const Index n = index.rows();
  for (Index i = 0; i < n; ++i) {
    const double grade = input.relevance[i];
    if (!std::isfinite(grade))
      throw DataError("relevance: row " + std::to_string(i) + ": expected a finite number, got " + shortest(grade) +
                      "; a document that nobody judged is 0");
    if (exponential && grade > kernels::kMaxExponent)
      throw DataError("relevance: row " + std::to_string(i) + ": 2^relevance needs at most 1023, got " +
                      shortest(grade) + "; ndcg and dcg take the relevance itself");
  }
  for (Index q = 0; q < index.queries(); ++q) longest_ = std::max(longest_, index.offsets[q + 1] - index.offsets[q]);
  if (longest_ >= kernels::kMaxQueryDocuments)
    throw DataError("queries: expected fewer than 2^31 documents in a query, got " + std::to_string(longest_));
  row_ = index.row;
  judged_.queries = index.queries();
  judged_.offsets = index.offsets.data();
  if (options.trec_ties) order_documents(execution, input);
  judged_.relevance = input.relevance;
  if (!row_.empty()) {
    relevance_.resize(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) relevance_[i] = input.relevance[row_[i]];
    judged_.relevance = relevance_.data();
  }
  grade(execution, options.level);
}

// Documents of a query by ascending docno: a later place then is a greater docno.
void Judgements::order_documents(const Execution& execution, const RankInput& input) {
  if (!input.documents)
    throw SpecError("ties: trec orders equal scores by their document; pass the ids of the documents");
  if (row_.empty()) {
    row_.resize(static_cast<std::size_t>(judged_.offsets[judged_.queries]));
    std::iota(row_.begin(), row_.end(), Index{0});
  }
  std::mutex mutex;
  Index twice = -1;
  for_each_query(execution, judged_.queries, [&](Index q) {
    const auto first = row_.begin() + judged_.offsets[q], last = row_.begin() + judged_.offsets[q + 1];
    const auto document = [&](Index row) { return input.documents[row]; };
    std::sort(first, last, [&](Index a, Index b) { return std::pair(document(a), a) < std::pair(document(b), b); });
    const auto found = std::adjacent_find(first, last, [&](Index a, Index b) { return document(a) == document(b); });
    if (found == last) return;
    const std::lock_guard lock(mutex);
    twice = twice < 0 ? found[1] : std::min(twice, found[1]);
  });
  if (twice >= 0)
    throw DataError("documents: row " + std::to_string(twice) +
                    " holds a document that its query has already; expected each once");
}

void Judgements::grade(const Execution& execution, double level) {
  const Index queries = judged_.queries;
  judged_.level = level;
  graded_offsets_.assign(static_cast<std::size_t>(queries) + 1, 0);
  relevant_.assign(static_cast<std::size_t>(queries), 0);
  const double* const relevance = judged_.relevance;
  for_each_query(execution, queries, [&](Index q) {
    Index graded = 0, relevant = 0;
    for (Index i = judged_.offsets[q]; i < judged_.offsets[q + 1]; ++i) {
      graded += relevance[i] > 0;
      relevant += judged_.is_relevant(relevance[i]);
    }
    graded_offsets_[q + 1] = graded;
    relevant_[q] = relevant;
  });
  for (Index q = 0; q < queries; ++q) {
    most_graded_ = std::max(most_graded_, graded_offsets_[q + 1]);
    graded_offsets_[q + 1] += graded_offsets_[q];
  }
  graded_.resize(static_cast<std::size_t>(graded_offsets_.back()));
  for_each_query(execution, queries, [&](Index q) {
    std::uint32_t *out = graded_.data() + graded_offsets_[q], *const end = graded_.data() + graded_offsets_[q + 1];
    const double* const grade = relevance + judged_.offsets[q];
    // Without a branch on the grade, which nobody can predict
    for (std::uint32_t i = 0; out != end; ++i) {
      *out = i;
      out += grade[i] > 0;
    }
  });
  judged_.graded_offsets = graded_offsets_.data();
  judged_.graded = graded_.data();
  judged_.relevant = relevant_.data();
  judged_.all_graded = graded_offsets_.back();
}

std::vector<QueryReason> Judgements::reasons() const {
  std::vector<QueryReason> out(static_cast<std::size_t>(judged_.queries), QueryReason::ok);
  for (Index q = 0; q < judged_.queries; ++q) {
    const Index documents = judged_.documents(q), relevant = judged_.relevant[q];
    if (documents == 0)
      out[q] = QueryReason::empty;
    else if (relevant == 0)
      out[q] = QueryReason::no_relevant;
    else if (relevant == documents)
      out[q] = QueryReason::one_class;
  }
  return out;
}

}  // namespace bakeoff

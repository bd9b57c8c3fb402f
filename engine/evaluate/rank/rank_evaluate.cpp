#include "evaluate/rank/rank_evaluate.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>

#include "core/buffer.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/rank/device_queries.h"
#include "evaluate/rank/judgements.h"
#include "evaluate/rank/list_metrics.h"
#include "evaluate/rank/means.h"
#include "evaluate/rank/rank_metric.h"

namespace bakeoff {
namespace {

using kernels::QueryMetricCall;
using kernels::TensorView;

// Scores of a piece of work.
constexpr Index kScores = Index{1} << 16;

void check(const RankInput& input, const RankOptions& options) {
  const Index m = input.candidates(), queries = input.queries->queries();
  if (!input.names.empty() && static_cast<Index>(input.names.size()) != m)
    throw DataError("names: expected " + std::to_string(m) + ", one a candidate, got " +
                    std::to_string(input.names.size()));
  if (!std::isfinite(options.level))
    throw SpecError("level: expected a finite relevance, got " + shortest(options.level));
  for (Index q = 0; input.weights && q < queries; ++q)
    if (!(input.weights[q] >= 0 && std::isfinite(input.weights[q])))
      throw DataError("weights: query " + std::to_string(q) + ": expected a finite weight of at least 0, got " +
                      shortest(input.weights[q]));
}

// Scores that are not finite, by candidate; the first of them is a DataError unless they are dropped.
template <class T>
std::vector<std::int64_t> count_dropped(const Execution& execution, const TensorView<const T, 2>& scores,
                                        const std::vector<std::string>& names, bool drop) {
  const Index m = scores.extent(0), n = scores.extent(1), blocks = (n + kScores - 1) / kScores;
  std::vector<std::int64_t> counts(static_cast<std::size_t>(m * blocks), 0), dropped(static_cast<std::size_t>(m), 0);
  execution.workers().for_each(m * blocks, [&](Index item) {
    const Index candidate = item / blocks, first = item % blocks * kScores, last = std::min(n, first + kScores);
    std::int64_t bad = 0;
    for (Index i = first; i < last; ++i) bad += !kernels::retrieved(scores(candidate, i));
    counts[item] = bad;
  });
  for (Index c = 0; c < m; ++c) {
    for (Index b = 0; b < blocks; ++b) dropped[c] += counts[c * blocks + b];
    if (drop || dropped[c] == 0) continue;
    Index row = 0;
    while (kernels::retrieved(scores(c, row))) ++row;
    const auto got = static_cast<double>(scores(c, row));
    throw DataError("scores: candidate " + names[c] + " row " + std::to_string(row) +
                    ": expected a finite number, got " + (std::isnan(got) ? "NaN" : shortest(got)) +
                    "; nan=\"drop\" takes such documents as not retrieved by that candidate");
  }
  return dropped;
}

// Counted queries of which the candidate retrieved nothing.
template <class T>
std::int64_t count_missing(const QueryIndex& index, const std::vector<QueryReason>& reasons,
                           const TensorView<const T, 2>& scores, Index candidate) {
  std::int64_t missing = 0;
  for (Index q = 0; q < index.queries(); ++q) {
    if (reasons[q] == QueryReason::empty || reasons[q] == QueryReason::no_relevant) continue;
    Index place = index.offsets[q];
    while (place < index.offsets[q + 1] && !kernels::retrieved(scores(candidate, index.row_at(place)))) ++place;
    missing += place == index.offsets[q + 1];
  }
  return missing;
}

// Relevant documents of all queries, and of those of each slice.
std::vector<std::int64_t> relevant_by_slice(const kernels::JudgedQueries& queries, const std::vector<Slice>& slices) {
  std::vector<std::int64_t> out(slices.size() + 1, 0);
  for (Index q = 0; q < queries.queries; ++q) out[0] += queries.relevant[q];
  for (std::size_t s = 0; s < slices.size(); ++s)
    for (const Index q : slices[s].rows) out[s + 1] += queries.relevant[q];
  return out;
}

// The columns of the board, and those of them that come from ranks: call j is column of_call[j].
struct RankColumns {
  std::vector<RankMetric> all;
  std::vector<QueryMetricCall> calls;
  std::vector<Index> of_call;

  explicit RankColumns(const std::vector<RankMetric>& metrics) {
    for (const RankMetric& metric : metrics) {
      if (metric.kind == RankMetric::Kind::coverage) continue;
      if (metric.kind == RankMetric::Kind::ranks) {
        calls.push_back(metric.call);
        of_call.push_back(count());
      }
      all.push_back(metric);
    }
    if (all.empty()) throw SpecError("metrics: coverage is no mean over queries; name one that is beside it, too");
  }
  Index count() const { return static_cast<Index>(all.size()); }
};

// Fills the columns of ranks of `values`, M x K x Q.
template <class T>
void fill_ranks(const Execution& execution, const Judgements& judged, const RankColumns& columns,
                const TensorView<const T, 2>& scores, const RankOptions& options, std::vector<double>& values) {
  const Index queries = judged.queries().queries, count = static_cast<Index>(columns.calls.size());
  if (count == 0) return;
  Buffer<double> discounts(std::max<Index>(judged.longest(), 1)), ideal(count * queries), out(count * queries);
  execution.workers().for_each((discounts.size() + kScores - 1) / kScores, [&](Index block) {
    for (Index r = block * kScores; r < std::min(discounts.size(), (block + 1) * kScores); ++r)
      discounts[r] = kernels::rank_discount(r);
  });
  kernels::QueryPass pass{{}, static_cast<int>(count), ideal.data(), discounts.data(), judged.most_graded()};
  std::copy(columns.calls.begin(), columns.calls.end(), pass.calls);
  const Buffer<char> scratch(static_cast<Index>(kernels::query_values_scratch_bytes(execution.workers(), pass)));
  kernels::query_ideals(execution.workers(), judged.queries(), pass, ideal.data(), scratch.data());
  const auto device =
      execution.device() == Device::cuda ? std::make_unique<DeviceQueries>(judged, pass, discounts.size()) : nullptr;
  for (Index m = 0; m < scores.extent(0); ++m) {  // candidate by candidate, so that a stop is seen
    execution.check_stop();
    TensorView<const T, 2> one = scores;
    one.data += m * scores.strides[0];
    one.extents[0] = 1;
    const kernels::QueryScores<T> ranked{one, judged.row(), options.trec_ties, options.drop_nan};
    if (device)
      device->run(ranked, out.data());
    else
      kernels::query_values(execution.workers(), judged.queries(), ranked, pass, out.data(), scratch.data());
    for (Index j = 0; j < count; ++j)
      std::copy(out.data() + j * queries, out.data() + (j + 1) * queries,
                values.data() + (m * columns.count() + columns.of_call[j]) * queries);
  }
}

}  // namespace

const char* name(QueryReason reason) {
  switch (reason) {
    case QueryReason::ok:
      return "ok";
    case QueryReason::empty:
      return "empty";
    case QueryReason::no_relevant:
      return "no_relevant";
    case QueryReason::one_class:
      break;
  }
  return "one_class";
}

std::int64_t RankInput::candidates() const {
  return std::visit([](const auto& s) { return s.extent(0); }, scores);
}

RankResult rank_evaluate(const Execution& execution, const RankInput& input, const RankOptions& options) {
  check(input, options);
  const std::vector<RankMetric> metrics = parse_rank_metrics(options.metrics);
  const RankColumns columns(metrics);
  std::vector<std::string> names = input.names;
  for (Index m = 0; input.names.empty() && m < input.candidates(); ++m) names.push_back(std::to_string(m));
  const bool exponential =
      std::any_of(metrics.begin(), metrics.end(), [](const RankMetric& metric) { return metric.exponential(); });
  const Judgements judged(execution, input, options, exponential);
  const Index queries = input.queries->queries();
  RankResult result;
  result.reasons = judged.reasons();
  result.values.resize(static_cast<std::size_t>(input.candidates() * columns.count() * queries));
  std::visit(
      [&]<class T>(const TensorView<const T, 2>& scores) {
        result.dropped = count_dropped(execution, scores, names, options.drop_nan);
        result.missing.resize(names.size());
        execution.workers().for_each(input.candidates(), [&](Index m) {
          result.missing[m] = result.dropped[m] > 0 ? count_missing(*input.queries, result.reasons, scores, m) : 0;
        });
        fill_ranks(execution, judged, columns, scores, options, result.values);
      },
      input.scores);
  for (const RankMetric& metric : metrics)
    if (metric.kind == RankMetric::Kind::coverage)
      result.of_catalog.emplace_back(metric.name, coverage({execution, input, options, judged, metric.call.cut}));
  for (Index k = 0; k < columns.count(); ++k)
    if (columns.all[k].kind == RankMetric::Kind::diversity)
      diversity({execution, input, options, judged, columns.all[k].call.cut}, result.values.data() + k * queries,
                columns.count() * queries);
  result.board = mean_board(execution, input, options, columns.all, names, result);
  result.board.positives = relevant_by_slice(judged.queries(), input.slices);
  return result;
}

}  // namespace bakeoff

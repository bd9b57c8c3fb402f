#include "evaluate/rank/rank_evaluate.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/buffer.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/rank/judgements.h"
#include "evaluate/rank/means.h"
#include "evaluate/rank/rank_metric.h"
#include "kernels/queries/metrics/catalog.h"

namespace bakeoff {
namespace {

using kernels::QueryMetricCall;
using kernels::QueryMetrics;
using kernels::TensorView;

// Scores of a piece of work.
constexpr Index kScores = Index{1} << 16;

std::vector<QueryMetricCall> parse(const std::vector<std::string>& names) {
  std::vector<QueryMetricCall> calls;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(k), names[k]) !=
        names.begin() + static_cast<std::ptrdiff_t>(k))
      throw SpecError("metrics: '" + names[k] + "' is named twice");
    calls.push_back(parse_rank_metric(names[k]));
  }
  if (calls.empty() || calls.size() > kernels::kMaxQueryMetrics)
    throw SpecError("metrics: expected 1 to " + std::to_string(kernels::kMaxQueryMetrics) + " ranking metrics, got " +
                    std::to_string(calls.size()));
  return calls;
}

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

template <class T>
std::vector<double> query_values(const Execution& execution, const Judgements& judged,
                                 const std::vector<QueryMetricCall>& calls, const TensorView<const T, 2>& scores,
                                 const RankOptions& options) {
  const Index queries = judged.queries().queries, count = static_cast<Index>(calls.size());
  Buffer<double> discounts(std::max<Index>(judged.longest(), 1)), ideal(count * queries);
  execution.workers().for_each((discounts.size() + kScores - 1) / kScores, [&](Index block) {
    for (Index r = block * kScores; r < std::min(discounts.size(), (block + 1) * kScores); ++r)
      discounts[r] = kernels::rank_discount(r);
  });
  kernels::QueryPass pass{{}, static_cast<int>(count), ideal.data(), discounts.data(), judged.most_graded()};
  std::copy(calls.begin(), calls.end(), pass.calls);
  const Buffer<char> scratch(static_cast<Index>(kernels::query_values_scratch_bytes(execution.workers(), pass)));
  kernels::query_ideals(execution.workers(), judged.queries(), pass, ideal.data(), scratch.data());
  std::vector<double> values(static_cast<std::size_t>(scores.extent(0) * count * queries));
  // Candidate by candidate, so that a stop is seen
  for (Index m = 0; m < scores.extent(0); ++m) {
    execution.check_stop();
    TensorView<const T, 2> one = scores;
    one.data += m * scores.strides[0];
    one.extents[0] = 1;
    kernels::query_values<T>(execution.workers(), judged.queries(),
                             {one, judged.row(), options.trec_ties, options.drop_nan}, pass,
                             values.data() + m * count * queries, scratch.data());
  }
  return values;
}

bool any_exponential(const std::vector<QueryMetricCall>& calls) {
  return std::any_of(calls.begin(), calls.end(), [](const QueryMetricCall& call) {
    return QueryMetrics::kTraits[call.metric].gain == kernels::Gain::exponential;
  });
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
  const std::vector<QueryMetricCall> calls = parse(options.metrics);
  std::vector<std::string> names = input.names;
  for (Index m = 0; input.names.empty() && m < input.candidates(); ++m) names.push_back(std::to_string(m));
  const Judgements judged(execution, input, options, any_exponential(calls));
  RankResult result;
  result.reasons = judged.reasons();
  std::visit(
      [&]<class T>(const TensorView<const T, 2>& scores) {
        result.dropped = count_dropped(execution, scores, names, options.drop_nan);
        result.missing.resize(names.size());
        execution.workers().for_each(input.candidates(), [&](Index m) {
          result.missing[m] = result.dropped[m] > 0 ? count_missing(*input.queries, result.reasons, scores, m) : 0;
        });
        result.values = query_values(execution, judged, calls, scores, options);
      },
      input.scores);
  result.board = mean_board(execution, input, options, calls, names, result);
  return result;
}

}  // namespace bakeoff

#include "evaluate/rank/means.h"

#include <algorithm>

#include "core/buffer.h"

namespace bakeoff {
namespace {

using kernels::QueryNeeds;

bool counts(QueryReason reason, QueryNeeds needs) {
  if (needs == QueryNeeds::documents) return reason != QueryReason::empty;
  return reason == QueryReason::ok || (reason == QueryReason::one_class && needs == QueryNeeds::relevant);
}

// Queries that count for some metrics, as rows of evaluate(). A metric is at least 0, and the mean of such numbers is
// their mean absolute error to 0: one evaluation gives values, replicates and intervals of all candidates and metrics.
struct MeanRows {
  std::vector<std::int64_t> queries;
  std::vector<double> zeros, weights;
  std::vector<std::int64_t> units;
  Buffer<double> values;  // (candidate, metric) x queries

  MeanRows(const RankInput& input, const RankResult& result, QueryNeeds needs, const std::vector<Index>& metrics,
           Index candidates, Index all_metrics) {
    const Index all = input.queries->queries();
    for (Index q = 0; q < all; ++q)
      if (counts(result.reasons[q], needs)) queries.push_back(q);
    const auto n = static_cast<Index>(queries.size());
    zeros.assign(queries.size(), 0);
    for (const Index q : queries) {
      if (input.weights) weights.push_back(input.weights[q]);
      units.push_back(input.units ? input.units[q] : input.queries->ids[q]);
    }
    values = Buffer<double>(candidates * static_cast<Index>(metrics.size()) * n);
    double* out = values.data();
    for (Index m = 0; m < candidates; ++m)
      for (const Index k : metrics)
        for (const Index q : queries) *out++ = result.values[(m * all_metrics + k) * all + q];
  }

  // The slices' queries, counted among those that are here.
  std::vector<Slice> slices(const std::vector<Slice>& given) const {
    std::vector<Slice> out;
    for (const Slice& slice : given) {
      out.push_back({slice.name, {}});
      for (const std::int64_t q : slice.rows) {
        const auto at = std::lower_bound(queries.begin(), queries.end(), q);
        if (at != queries.end() && *at == q) out.back().rows.push_back(at - queries.begin());
      }
    }
    return out;
  }
};

// Puts the cells of some metrics into the board of all.
void merge(const Scoreboard& part, const std::vector<Index>& metrics, Scoreboard& board) {
  const auto count = static_cast<Index>(metrics.size()), slices = static_cast<Index>(board.slice_names.size());
  const auto part_cells = static_cast<Index>(part.cells.size()), cells = static_cast<Index>(board.cells.size());
  for (Index m = 0; m < static_cast<Index>(board.names.size()); ++m)
    for (Index j = 0; j < count; ++j)
      for (Index s = 0; s < slices; ++s) {
        const Index from = part.index(m * count + j, s, 0), to = board.index(m, s, metrics[j]);
        board.cells[to] = part.cells[from];
        for (Index b = 0; b < board.resamples; ++b)
          board.replicates[b * cells + to] = part.replicates[b * part_cells + from];
      }
}

}  // namespace

Scoreboard mean_board(const Execution& execution, const RankInput& input, const RankOptions& options,
                      const std::vector<RankMetric>& columns, const std::vector<std::string>& names,
                      const RankResult& result) {
  EvaluateOptions means;
  means.task = Task::regression;
  means.metrics = {"mae"};
  means.resamples = options.resamples;
  means.confidence = options.confidence;
  means.interval = options.interval;
  means.seed = options.seed;
  Scoreboard board;
  const auto candidates = static_cast<Index>(names.size()), all = static_cast<Index>(columns.size());
  for (const QueryNeeds needs : {QueryNeeds::relevant, QueryNeeds::both_classes, QueryNeeds::documents}) {
    std::vector<Index> metrics;
    for (Index k = 0; k < all; ++k)
      if (columns[k].needs() == needs) metrics.push_back(k);
    if (metrics.empty()) continue;
    const MeanRows rows(input, result, needs, metrics, candidates, all);
    const auto n = static_cast<Index>(rows.queries.size());
    EvaluateInput mean;
    mean.scores =
        kernels::matrix_view<const double>(rows.values.data(), candidates * static_cast<Index>(metrics.size()), n);
    mean.labels = rows.zeros.data();
    if (input.weights) mean.weights = rows.weights.data();
    mean.units = rows.units.data();
    mean.slices = rows.slices(input.slices);
    const Scoreboard part = evaluate(execution, mean, means);
    if (board.cells.empty()) {
      board = part;  // its counts and settings
      // Groups of other queries for other metrics: differences by BCa go without acceleration.
      board.left_out.clear();
      board.left_out_rows.clear();
      board.left_out_groups = 0;
      board.names = names;
      board.metric_names.clear();
      for (const RankMetric& column : columns) board.metric_names.push_back(column.name);
      board.directions.assign(columns.size(), Direction::maximize);
      board.cells.assign(names.size() * part.slice_names.size() * columns.size(), {});
      board.replicates.assign(board.cells.size() * static_cast<std::size_t>(board.resamples), kNaN);
    }
    merge(part, metrics, board);
  }
  return board;
}

}  // namespace bakeoff

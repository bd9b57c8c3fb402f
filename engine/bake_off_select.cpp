#include <algorithm>
#include <cmath>
#include <numeric>

#include "bake_off.h"
#include "core/error.h"

namespace bakeoff {
namespace {

// Intervals in the leaderboard are for people; the choice is by the value alone, and the gate has resamples of its own.
constexpr int kLeaderboardResamples = 200;

// The objective first, then what else is usual for the task.
std::vector<std::string> metrics_of(const Spec& spec) {
  std::vector<std::string> metrics = {spec.objective};
  for (const std::string& name : default_task_metrics(spec.data.task))
    if (name != spec.objective) metrics.push_back(name);
  return metrics;
}

std::vector<std::int64_t> with_model(const TrainedBatch& batch) {
  std::vector<std::int64_t> trained;
  for (std::size_t i = 0; i < batch.candidates.size(); ++i)
    if (batch.candidates[i].model) trained.push_back(static_cast<std::int64_t>(i));
  if (trained.empty())
    throw DataError(
        "training: none of " + std::to_string(batch.candidates.size()) +
        " candidates could be trained; the first: " + (batch.candidates.empty() ? "" : batch.candidates[0].reason));
  return trained;
}

// The board of the trained ones, with NaN cells for the others, so that a candidate's index is the batch's.
Scoreboard spread(const Scoreboard& board, const TrainedBatch& batch, const std::vector<std::int64_t>& trained) {
  Scoreboard all = board;
  all.names.clear();
  for (const TrainedCandidate& c : batch.candidates) all.names.push_back(c.candidate.label());
  const std::size_t width = board.metric_names.size();
  all.cells.assign(batch.candidates.size() * width, {});
  for (std::size_t i = 0; i < trained.size(); ++i)
    for (std::size_t k = 0; k < width; ++k) all.cells[trained[i] * width + k] = board.cells[i * width + k];
  all.replicates.clear();
  return all;
}

// Best first; equal values in the order of the candidates; NaN last.
std::vector<std::int64_t> rank(const Scoreboard& board, Direction direction) {
  std::vector<std::int64_t> order(board.names.size());
  std::iota(order.begin(), order.end(), 0);
  const auto merit = [&](std::int64_t i) {
    const double value = board.cell(i, 0, 0).value;
    if (std::isnan(value)) return -std::numeric_limits<double>::infinity();
    return direction == Direction::maximize ? value : -value;
  };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return merit(a) > merit(b); });
  return order;
}

}  // namespace

Selection select_best(const Execution& execution, const Spec& spec, const RunTable& table, const RawDesign& design,
                      const TrainedBatch& batch, const Plan& plan) {
  const std::vector<std::int64_t> trained = with_model(batch);
  const RowRange rows = plan.cross_validated ? plan.train : plan.periods.select;
  const std::vector<float> scores = plan.cross_validated
                                        ? out_of_fold_scores(execution, design, batch, plan.folds, rows.begin, rows.end)
                                        : batch_scores(execution, design, batch, rows.begin, rows.end);
  std::vector<float> compact;
  const std::int64_t size = batch.outputs * rows.size();
  compact.reserve(trained.size() * static_cast<std::size_t>(size));
  for (const std::int64_t i : trained)
    compact.insert(compact.end(), scores.begin() + i * size, scores.begin() + (i + 1) * size);
  TaskRows input = task_rows(spec, table, rows, compact.data(), trained.size());
  for (const std::int64_t i : trained) input.names.push_back(batch.candidates[i].candidate.label());
  EvaluateOptions options;
  options.metrics = metrics_of(spec);
  options.resamples = kLeaderboardResamples;
  options.confidence = spec.gate.confidence;
  options.seed = spec.compute.seed;
  Selection selection;
  selection.board = spread(evaluate_task(execution, input, options), batch, trained);
  selection.ranking = rank(selection.board, task_metric_direction(spec.data.task, spec.objective));
  selection.best = selection.ranking.front();
  selection.value = selection.board.cell(selection.best, 0, 0).value;
  selection.label = selection.board.names[static_cast<std::size_t>(selection.best)];
  if (std::isnan(selection.value))
    throw DataError("select: " + spec.objective + " is undefined for every candidate (" +
                    name(selection.board.cell(selection.best, 0, 0).reason) + "); take a longer select period");
  return selection;
}

}  // namespace bakeoff

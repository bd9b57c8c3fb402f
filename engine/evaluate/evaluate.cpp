#include "evaluate/evaluate.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/input.h"
#include "evaluate/jackknife.h"
#include "evaluate/row_set.h"
#include "evaluate/unit_index.h"

namespace bakeoff {
namespace {

void check_options(const EvaluateOptions& options) {
  if (options.resamples < 0)
    throw SpecError("resamples: expected at least 0, got " + std::to_string(options.resamples));
  if (!(options.confidence > 0 && options.confidence < 1))
    throw SpecError("confidence: expected a number between 0 and 1, got " + shortest(options.confidence));
  if (options.interval != "percentile")
    throw SpecError("interval: expected percentile, got '" + options.interval + "'");
  if (!options.compat.empty() && options.compat != "sklearn")
    throw SpecError("compat: expected sklearn, got '" + printable(options.compat) + "'");
}

Scoreboard empty_board(const EvaluateInput& input, const MetricPlan& plan, const EvaluateOptions& options) {
  Scoreboard board;
  board.names = input.names;
  if (board.names.empty())
    for (Index m = 0; m < input.candidates(); ++m) board.names.push_back(std::to_string(m));
  board.slice_names = {"all"};
  for (const Slice& slice : input.slices) board.slice_names.push_back(slice.name);
  for (const MetricUse& use : plan.uses) board.metric_names.push_back(use.name);
  board.resamples = options.resamples;
  board.confidence = options.confidence;
  board.interval = options.interval;
  const std::size_t cells = board.names.size() * board.slice_names.size() * board.metric_names.size();
  board.cells.resize(cells);
  board.replicates.assign(cells * static_cast<std::size_t>(options.resamples), kNaN);
  return board;
}

void fill_slice(const RowSetResult& rows, std::int64_t s, Scoreboard& board) {
  const auto m = static_cast<std::int64_t>(board.names.size()),
             k = static_cast<std::int64_t>(board.metric_names.size());
  const auto cells = static_cast<std::int64_t>(board.cells.size());
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < k; ++j) {
      Cell& cell = board.cells[board.index(i, s, j)];
      cell.value = rows.values[i * k + j].value;
      cell.reason = rows.values[i * k + j].reason;
      for (std::int64_t b = 0; b < board.resamples; ++b)
        board.replicates[b * cells + board.index(i, s, j)] = rows.replicates[(b * m + i) * k + j];
    }
  board.count.push_back(rows.rows);
  board.positives.push_back(rows.positives);
  board.units.push_back(rows.units);
}

void add_intervals(const Execution& execution, Scoreboard& board) {
  if (board.resamples == 0) return;
  const auto cells = static_cast<Index>(board.cells.size());
  execution.workers().for_each(cells, [&](Index c) {
    std::vector<double> values;
    for (Index b = 0; b < board.resamples; ++b)
      if (const double v = board.replicates[b * cells + c]; !std::isnan(v)) values.push_back(v);
    Cell& cell = board.cells[c];
    cell.valid_resamples = static_cast<std::int64_t>(values.size());
    if (std::isnan(cell.value)) return;
    std::sort(values.begin(), values.end());
    cell.low = quantile(values, (1 - board.confidence) / 2);
    cell.high = quantile(values, (1 + board.confidence) / 2);
  });
}

}  // namespace

Scoreboard evaluate(const Execution& execution, const EvaluateInput& given, const EvaluateOptions& options) {
  check_options(options);
  const MetricPlan plan = make_plan(options.metrics, options.task, given.value_names());
  std::optional<Subset> kept;
  std::vector<Slice> slices = given.slices;
  if (options.drop_nan) {
    const std::vector<std::int64_t> rows = finite_rows(given);
    kept.emplace(given, rows);
    for (Slice& slice : slices) {
      std::vector<std::int64_t> places;
      for (const std::int64_t row : slice.rows) {
        const auto at = std::lower_bound(rows.begin(), rows.end(), row);
        if (at != rows.end() && *at == row) places.push_back(at - rows.begin());
      }
      slice.rows = std::move(places);
    }
  }
  const EvaluateInput& input = kept ? kept->input() : given;
  check_domains(execution, input, check_input(execution, input, options.task), plan);
  Scoreboard board = empty_board(given, plan, options);
  fill_slice(evaluate_rows(execution, input, plan, options), 0, board);
  for (std::size_t s = 0; s < slices.size(); ++s) {
    execution.check_stop();
    const Subset subset(input, slices[s].rows);
    fill_slice(evaluate_rows(execution, subset.input(), plan, options), static_cast<std::int64_t>(s) + 1, board);
  }
  add_intervals(execution, board);
  return board;
}

LeaveOneOut leave_one_unit_out(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& options,
                               const std::string& metric) {
  EvaluateOptions point = options;
  point.resamples = 0;
  point.metrics = {metric};
  const MetricPlan plan = make_plan(point.metrics, point.task, input.value_names());
  const UnitIndex units = make_unit_index(input);
  LeaveOneOut out;
  out.units = units.ids;
  if (units.by_row())
    for (Index i = 0; i < units.rows; ++i) out.units.push_back(i);
  out.values.assign(static_cast<std::size_t>(input.candidates()), std::vector<double>(out.units.size(), kNaN));
  for (Index g = 0; g < static_cast<Index>(out.units.size()); ++g) {
    execution.check_stop();
    std::vector<std::int64_t> rows;
    for (Index i = 0; i < units.rows; ++i)
      if ((units.by_row() ? i : static_cast<Index>(units.of_row[i])) != g) rows.push_back(i);
    const Subset subset(input, rows);
    const RowSetResult result = evaluate_rows(execution, subset.input(), plan, point);
    for (Index m = 0; m < input.candidates(); ++m) out.values[m][g] = result.values[m].value;
  }
  return out;
}

}  // namespace bakeoff

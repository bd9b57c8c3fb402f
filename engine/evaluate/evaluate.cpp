#include "evaluate/evaluate.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "evaluate/board.h"
#include "evaluate/draw.h"
#include "evaluate/input.h"
#include "evaluate/intervals.h"
#include "evaluate/leave_out.h"
#include "evaluate/row_set.h"
#include "evaluate/slice_set.h"
#include "evaluate/unit_index.h"
#include "kernels/metrics/value_range.h"

namespace bakeoff {
namespace {

// The metrics that have no kernel for slices: a copy of each slice's rows is evaluated.
void evaluate_others(const Execution& execution, const EvaluateInput& input, const MetricPlan& all,
                     const SlicePlan& plan, const EvaluateOptions& options, Index s, Scoreboard& board) {
  std::vector<std::string> names;
  std::vector<Index> place;
  for (std::size_t k = 0; k < plan.metrics.size(); ++k) {
    if (plan.metrics[k]) continue;
    names.push_back(all.uses[k].name);
    place.push_back(static_cast<Index>(k));
  }
  if (place.empty()) return;
  if (options.resampling != "poisson" && options.resamples > 0)
    throw SpecError("resampling " + options.resampling + ": metric " + names[0] + " has the Poisson bootstrap alone");
  const MetricPlan others = make_plan(names, options.task, input.value_names());
  std::optional<Subset> subset;
  if (s > 0) subset.emplace(input, input.slices[s - 1].rows);
  const RowSetResult rows = evaluate_rows(execution, subset ? subset->input() : input, others, options);
  const Index count = static_cast<Index>(place.size()), cells = static_cast<Index>(board.cells.size());
  for (Index m = 0; m < input.candidates(); ++m)
    for (Index j = 0; j < count; ++j) {
      const Index cell = board.index(m, s, place[j]);
      board.cells[cell].value = rows.values[m * count + j].value;
      board.cells[cell].reason = rows.values[m * count + j].reason;
      for (Index b = 0; b < board.resamples; ++b)
        board.replicates[b * cells + cell] = rows.replicates[(b * input.candidates() + m) * count + j];
    }
}

// Rows, positives and units of each slice, by what law it is resampled, and which slices are large enough.
std::vector<std::int64_t> describe_slices(const Execution& execution, const EvaluateInput& input,
                                          const UnitIndex& units, const EvaluateOptions& options, Scoreboard& board) {
  std::vector<std::int64_t> large;
  for (std::size_t s = 0; s < board.slice_names.size(); ++s) {
    const SliceSet set = make_slice_set(input, units, {static_cast<std::int64_t>(s)});
    const kernels::SliceRows& view = set.views[0];
    // All rows: the vectorised count; a scalar loop over them costs as much as the sums of five metrics.
    std::int64_t positives = view.row ? 0 : kernels::count_nonzero(execution.workers(), input.labels, view.count);
    for (Index i = 0; view.row && i < view.count; ++i) positives += input.labels[view.row[i]] != 0;
    board.count.push_back(view.count);
    board.positives.push_back(positives);
    board.units.push_back(view.items());
    board.resampling.push_back(
        resampling_of(options, input.strata, view.count, positives, units.count() == units.rows));
    if (s == 0 || view.count >= options.min_slice_rows) {
      large.push_back(static_cast<std::int64_t>(s));
      continue;
    }
    for (std::size_t m = 0; m < board.names.size(); ++m)
      for (std::size_t k = 0; k < board.metric_names.size(); ++k)
        board.cells[board.index(static_cast<Index>(m), static_cast<Index>(s), static_cast<Index>(k))].reason =
            Reason::too_few_rows;
  }
  return large;
}

// A slice with few rows of a class, resampled within its classes: a population of its own.
void stratified_slice(const Execution& execution, const EvaluateInput& input, Index s, const SlicePlan& plan,
                      const EvaluateOptions& options, Scoreboard& board) {
  std::optional<Subset> subset;
  if (s > 0) subset.emplace(input, input.slices[s - 1].rows);
  const EvaluateInput& rows = subset ? subset->input() : input;
  const UnitIndex units = make_unit_index(rows);
  SliceSet set = make_slice_set(rows, units, {0});
  set.slice = {s};
  const SliceSums sums = plan.any_sums ? point_values(execution, rows, set, plan, options, board) : SliceSums{};
  drawn_replicates(execution, rows, set, units, class_strata(rows, units), sums, plan, options, board);
}

// All slices at once; their intervals come from what this leaves.
void fill_board(const Execution& execution, const EvaluateInput& input, const MetricPlan& metrics,
                const SlicePlan& plan, const EvaluateOptions& options, Scoreboard& board) {
  const UnitIndex units = make_unit_index(input);
  const std::vector<std::int64_t> large = describe_slices(execution, input, units, options, board);
  const SliceSet all = make_slice_set(input, units, large);
  std::vector<std::int64_t> poisson, small;
  for (const std::int64_t s : large) (board.resampling[s] == "poisson" ? poisson : small).push_back(s);
  const bool resample = options.resamples > 0 && input.rows() > 0, multinomial = options.resampling == "multinomial";

  const SliceSums sums = plan.any_sums ? point_values(execution, input, all, plan, options, board) : SliceSums{};
  execution.check_stop();
  if (resample && !poisson.empty()) {
    const SliceSet set = make_slice_set(input, units, poisson);
    if (plan.any_sums)
      point_replicates(execution, input, set, units,
                       poisson == large ? sums : point_values(execution, input, set, plan, options, board), plan,
                       options, board);
    execution.check_stop();
    if (plan.any_auc) auc_values(execution, input, set, units, plan, options, true, board);
  }
  if (plan.any_auc && (!resample || !small.empty()))
    auc_values(execution, input, resample ? make_slice_set(input, units, small) : all, units, plan, options, false,
               board);
  if (resample && multinomial)
    drawn_replicates(execution, input, all, units, make_strata(input, units), sums, plan, options, board);
  if (resample && !multinomial)
    for (const std::int64_t s : small) stratified_slice(execution, input, s, plan, options, board);
  for (const std::int64_t s : large) {
    execution.check_stop();
    evaluate_others(execution, input, metrics, plan, options, s, board);
  }
  add_intervals(execution, input, all, units, sums, plan, options, board);
}

}  // namespace

Scoreboard evaluate(const Execution& execution, const EvaluateInput& given, const EvaluateOptions& options) {
  check_options(options);
  const MetricPlan plan = make_plan(options.metrics, options.task, given.value_names());
  std::optional<Subset> kept;
  if (options.drop_nan) kept.emplace(given, finite_rows(given), true);
  const EvaluateInput& input = kept ? kept->input() : given;
  check_domains(execution, input, check_input(execution, input, options.task), plan);
  const SlicePlan sliced(plan);
  check_interval(given, sliced, options);
  if (input.strata && options.resampling != "multinomial")
    throw SpecError(
        "strata: are resampled one by one with resampling=\"multinomial\"; the Poisson bootstrap draws each "
        "unit on its own");
  Scoreboard board = empty_board(given, plan, options);
  fill_board(execution, input, plan, sliced, options, board);
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
  const auto count = static_cast<Index>(out.units.size());
  out.values.assign(static_cast<std::size_t>(input.candidates()), std::vector<double>(out.units.size(), kNaN));
  const SliceSet all = make_slice_set(input, units, {0});
  EvaluateInput unsliced = input;
  unsliced.slices.clear();
  Scoreboard board = empty_board(unsliced, plan, point);
  const SlicePlan sliced(plan);
  if (!sliced.metrics[0]) {
    for (Index g = 0; g < count; ++g) {
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
  const SliceSums sums = sliced.any_sums ? point_values(execution, input, all, sliced, point, board) : SliceSums{};
  const std::vector<double> values =
      leave_groups_out(execution, input, all, make_groups(units, count), sums, sliced, board);
  for (Index g = 0; g < count; ++g)
    for (Index m = 0; m < input.candidates(); ++m) out.values[m][g] = values[g * input.candidates() + m];
  return out;
}

}  // namespace bakeoff

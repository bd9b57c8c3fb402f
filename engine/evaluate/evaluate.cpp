#include "evaluate/evaluate.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/error.h"
#include "evaluate/board.h"
#include "evaluate/custom.h"
#include "evaluate/delong.h"
#include "evaluate/device_rows.h"
#include "evaluate/draw.h"
#include "evaluate/input.h"
#include "evaluate/intervals.h"
#include "evaluate/leave_out.h"
#include "evaluate/unit_index.h"
#include "kernels/metrics/value_range.h"
#include "kernels/ranking/ranking.h"

namespace bakeoff {
namespace {

void check_rankable(const EvaluateInput& input, const MetricPlan& plan) {
  if ((plan.areas.empty() && plan.curves.empty()) || input.rows() <= kernels::kMaxRankedRows) return;
  throw DataError("scores: expected at most 2^31 rows for metrics of the ranking, got " + std::to_string(input.rows()) +
                  "; evaluate a sample of whole units");
}

Scoreboard board_of(const EvaluateInput& input, const MetricPlan& plan, const EvaluateOptions& options) {
  std::vector<std::pair<std::string, Direction>> metrics;
  for (const MetricUse& use : plan.uses) metrics.emplace_back(use.name, use.metric->direction);
  for (const CustomMetric& metric : options.custom) metrics.emplace_back(metric.name, metric.direction);
  return empty_board(candidate_names(input.names, input.candidates()), input.slices, metrics, options);
}

// The metrics that have no kernel for slices: copies of the rows are evaluated.
struct Others {
  const Execution& execution;
  const EvaluateInput& input;
  const EvaluateOptions& options;
  std::vector<std::string> names;
  std::vector<Index> places;  // of the board

  Others(const Execution& execution, const EvaluateInput& input, const MetricPlan& all, const EvaluateOptions& options)
      : execution(execution), input(input), options(options) {
    for (std::size_t k = 0; k < all.uses.size(); ++k) {
      if (all.in_one_pass(k)) continue;
      names.push_back(all.uses[k].name);
      places.push_back(static_cast<Index>(k));
    }
  }

  // Slice s: values and replicates.
  void fill(Index s, Scoreboard& board) const {
    if (places.empty()) return;
    std::optional<Subset> subset;
    if (s > 0) subset.emplace(input, input.slices[s - 1].rows);
    fill_slice(evaluate_rows(execution, subset ? subset->input() : input, make_plan(names, options.task), options), s,
               places, board);
  }

  // values[g * cells + c]: cell c without group g.
  void leave_out(const SliceSet& set, const Groups& groups, const Scoreboard& board,
                 std::vector<double>& values) const {
    if (places.empty()) return;
    EvaluateOptions point = options;
    point.resamples = 0;
    const MetricPlan plan = make_plan(names, options.task);
    const auto count = static_cast<Index>(places.size()), cells = static_cast<Index>(board.cells.size());
    for (Index i = 0; i < set.count(); ++i)
      for (Index g = 0; g < groups.count; ++g) {
        execution.check_stop();
        const std::vector<std::int64_t> rows = groups.others(set.views[i], g);
        if (static_cast<Index>(rows.size()) == set.views[i].count) continue;
        const Subset subset(input, rows);
        const RowSetResult left = evaluate_rows(execution, subset.input(), plan, point);
        for (Index m = 0; m < input.candidates(); ++m)
          for (Index j = 0; j < count; ++j)
            values[g * cells + board.index(m, set.slice[i], places[j])] = left.values[m * count + j].value;
      }
  }
};

// Fills positives. The law of each slice, where metrics don't keep to Poisson's (MetricPlan::in_one_pass).
std::vector<Resampling> describe_classes(const Execution& execution, const EvaluateInput& input, const UnitIndex& units,
                                         const EvaluateOptions& options, Scoreboard& board) {
  std::vector<Resampling> laws;
  for (std::size_t s = 0; s < board.slice_names.size(); ++s) {
    // All rows: the vectorised count; a scalar loop over them costs as much as the sums of five metrics.
    std::int64_t positives = s == 0 ? kernels::count_nonzero(execution.workers(), input.labels, input.rows()) : 0;
    if (s > 0)
      for (const std::int64_t row : input.slices[s - 1].rows) positives += input.labels[row] != 0;
    board.positives.push_back(positives);
    const std::int64_t smaller = std::min(positives, board.count[s] - positives);
    const bool few =
        options.task == Task::binary && units.count() == units.rows && smaller > 0 && smaller < kFewOfClass;
    const bool multinomial = options.resampling == "multinomial";
    laws.push_back(multinomial && !input.strata ? Resampling::multinomial
                   : multinomial || few         ? Resampling::stratified
                                                : Resampling::poisson);
  }
  return laws;
}

// A slice with few rows of a class, resampled within its classes: a population of its own.
void stratified_slice(const Execution& execution, const EvaluateInput& input, Index s, const MetricPlan& plan,
                      const EvaluateOptions& options, Scoreboard& board) {
  std::optional<Subset> subset;
  if (s > 0) subset.emplace(input, input.slices[s - 1].rows);
  const EvaluateInput& rows = subset ? subset->input() : input;
  const UnitIndex units = make_unit_index(rows);
  SliceSet set = make_slice_set(rows.slices, units, {0});
  set.slice = {s};
  const SliceSums sums = point_values(execution, rows, set, plan, options, board);
  drawn_replicates(execution, rows, set, units, class_strata(rows, units), sums, plan, options, board);
}

void wilson_cells(const SliceSet& set, const SliceSums& sums, const MetricPlan& plan, Scoreboard& board) {
  const auto candidates = static_cast<Index>(board.names.size());
  for (const PassSums& pass : sums)
    for (const std::size_t k : pass.pass->uses) {
      const kernels::Metric& metric = *plan.uses[k].metric;
      if (!is_proportion(metric)) continue;
      for (Index i = 0; i < set.count(); ++i)
        for (Index m = 0; m < candidates; ++m)
          wilson_cell(trials_of(metric, pass.sums[i * candidates + m]), board.confidence,
                      board.cells[board.index(m, set.slice[i], static_cast<Index>(k))]);
    }
}

// Slices that are too small for the percentiles of an AUC.
std::vector<std::int64_t> small_for_auc(const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                                        const Scoreboard& board) {
  std::vector<std::int64_t> small;
  for (Index i = 0; i < set.count(); ++i) {
    const std::int64_t s = set.slice[i], positives = board.positives[s];
    const std::int64_t smaller = std::min(positives, board.count[s] - positives);
    const bool few_units = !units.by_row() && set.views[i].units < kFewUnitsForAuc;
    if (smaller >= 2 && (smaller < kFewForAuc || few_units)) small.push_back(s);  // of 1 row DeLong knows no variance
  }
  return input.weights || input.strata ? std::vector<std::int64_t>{} : small;
}

// `sums` of the slices in `set`.
void fill_intervals(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                    const SliceSums& sums, const MetricPlan& plan, const Others& others, Scoreboard& board) {
  if (const Groups groups = interval_groups(units, board); groups.count > 0) {
    std::vector<double> left = leave_groups_out(execution, input, set, groups, sums, plan, board);
    // bca does without their acceleration: 200 evaluations would cost more than the resamples.
    if (board.interval == "jackknife") others.leave_out(set, groups, board, left);
    keep_left_out(std::move(left), set, groups, board);
  }
  add_intervals(execution, board);
  if (board.interval == "wilson") wilson_cells(set, sums, plan, board);
  if (board.interval.starts_with("delong")) delong_cells(execution, input, set, units, plan, board);
  if (board.interval == "auto" && board.resamples > 0 && !plan.areas.empty())
    if (const auto small = small_for_auc(input, set, units, board); !small.empty())
      delong_cells(execution, input, make_slice_set(input.slices, units, small), units, plan, board);
}

// All slices at once; their intervals come from what this leaves.
void fill_board(const Execution& execution, const EvaluateInput& input, const MetricPlan& plan,
                const EvaluateOptions& options, Scoreboard& board) {
  const UnitIndex units = make_unit_index(input);
  SliceSet all = sized_slices(input.slices, units, options.min_slice_rows, board);
  const auto device = execution.device() == Device::cuda && input.rows() > 0
                          ? std::make_unique<DeviceRows>(input, units, !plan.areas.empty())
                          : nullptr;
  all.device = device.get();
  const std::vector<Resampling> laws = describe_classes(execution, input, units, options, board);
  std::vector<std::int64_t> poisson, small;
  for (const std::int64_t s : all.slice) {
    (laws[s] == Resampling::poisson ? poisson : small).push_back(s);
    for (std::size_t k = 0; k < plan.uses.size(); ++k)
      set_law(s, static_cast<Index>(k), plan.in_one_pass(k) ? laws[s] : Resampling::poisson, board);
    for (std::size_t k = plan.uses.size(); k < board.metric_names.size(); ++k)
      set_law(s, static_cast<Index>(k), laws[s], board);
  }
  const bool resample = options.resamples > 0 && input.rows() > 0, multinomial = options.resampling == "multinomial";
  const bool any_area = !plan.areas.empty();

  const SliceSums sums = point_values(execution, input, all, plan, options, board);
  execution.check_stop();
  if (resample && !poisson.empty()) {
    const SliceSet set = make_slice_set(input.slices, units, poisson, device.get());
    if (poisson == all.slice)
      point_replicates(execution, input, set, units, sums, plan, options, board);
    else
      point_replicates(execution, input, set, units, point_values(execution, input, set, plan, options, board), plan,
                       options, board);
    execution.check_stop();
    if (any_area) auc_values(execution, input, set, units, plan, options, true, board);
  }
  if (any_area && (!resample || !small.empty()))
    auc_values(execution, input, resample ? make_slice_set(input.slices, units, small, device.get()) : all, units, plan,
               options, false, board);
  if (resample && multinomial)
    drawn_replicates(execution, input, all, units, make_strata(input, units), sums, plan, options, board);
  if (resample && !multinomial)
    for (const std::int64_t s : small) stratified_slice(execution, input, s, plan, options, board);
  const Others others(execution, input, plan, options);
  for (const std::int64_t s : all.slice) {
    execution.check_stop();
    others.fill(s, board);
    custom_metrics(execution, input, s, laws[s], options, static_cast<Index>(plan.uses.size()), board);
  }
  fill_intervals(execution, input, all, units, sums, plan, others, board);
}

}  // namespace

Scoreboard evaluate(const Execution& execution, const EvaluateInput& given, const EvaluateOptions& options) {
  check_options(options);
  const MetricPlan plan = make_plan(options, given.value_names());
  check_custom(options.metrics, options);
  std::optional<Subset> kept;
  if (options.drop_nan) kept.emplace(given, finite_rows(given), true);
  const EvaluateInput& input = kept ? kept->input() : given;
  check_domains(execution, input, check_input(execution, input, options.task), plan);
  check_rankable(input, plan);
  const bool any_proportion =
      std::any_of(plan.uses.begin(), plan.uses.end(), [](const MetricUse& use) { return is_proportion(*use.metric); });
  check_interval(options.interval,
                 {any_proportion, !plan.areas.empty(), given.weights != nullptr, given.units != nullptr});
  if (input.strata && options.resampling != "multinomial")
    throw SpecError(
        "strata: are resampled one by one with resampling=\"multinomial\"; the Poisson bootstrap draws each "
        "unit on its own");
  for (std::size_t k = 0; options.resampling != "poisson" && options.resamples > 0 && k < plan.uses.size(); ++k)
    if (!plan.in_one_pass(k))
      throw SpecError("resampling " + options.resampling + ": metric " + plan.uses[k].name +
                      " has the Poisson bootstrap alone");
  Scoreboard board = board_of(given, plan, options);
  board.rows_dropped = given.rows() - input.rows();
  fill_board(execution, input, plan, options, board);
  return board;
}

LeaveOneOut leave_one_unit_out(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& options,
                               const std::string& metric) {
  EvaluateOptions point = options;
  point.resamples = 0;
  point.metrics = {metric};
  point.custom.clear();
  const MetricPlan plan = make_plan(point.metrics, point.task, input.value_names());
  const UnitIndex units = make_unit_index(input);
  LeaveOneOut out;
  out.units = units.ids;
  if (units.by_row())
    for (Index i = 0; i < units.rows; ++i) out.units.push_back(i);
  const auto count = static_cast<Index>(out.units.size());
  out.values.assign(static_cast<std::size_t>(input.candidates()), std::vector<double>(out.units.size(), kNaN));
  const SliceSet all = make_slice_set(input.slices, units, {0});
  EvaluateInput unsliced = input;
  unsliced.slices.clear();
  Scoreboard board = board_of(unsliced, plan, point);
  const SliceSums sums = point_values(execution, input, all, plan, point, board);
  const Groups groups = make_groups(units, count);
  std::vector<double> values = leave_groups_out(execution, input, all, groups, sums, plan, board);
  Others(execution, unsliced, plan, point).leave_out(all, groups, board, values);
  for (Index g = 0; g < count; ++g)
    for (Index m = 0; m < input.candidates(); ++m) out.values[m][g] = values[g * input.candidates() + m];
  return out;
}

}  // namespace bakeoff

#include "evaluate/class_evaluate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/board.h"
#include "evaluate/class_row_set.h"
#include "evaluate/input.h"
#include "evaluate/intervals.h"

namespace bakeoff {
namespace {

using kernels::TensorView;

template <class F>
auto over_scores(const ClassInput& input, const F& f) {
  return std::visit([&]<class T>(const TensorView<const T, 3>& scores) { return f(scores); }, input.scores);
}

void check_labels(const Execution& execution, const ClassInput& input) {
  const Index n = input.rows(), classes = input.classes();
  if (classes < 1 || classes > kernels::kMaxClasses)
    throw DataError("scores: expected 1 to " + std::to_string(kernels::kMaxClasses) + " classes, got " +
                    std::to_string(classes));
  if (input.multilabel()) {
    const auto wrong = [&](Index i) { return input.label_matrix[i] > 1; };
    if (const Index i = first_bad(execution, n * classes, wrong); i < n * classes)
      throw DataError("labels: row " + std::to_string(i / classes) + ": expected 0 or 1 for each label, got " +
                      std::to_string(input.label_matrix[i]));
    return;
  }
  const auto wrong = [&](Index i) { return input.labels[i] < 0 || input.labels[i] >= classes; };
  if (const Index i = first_bad(execution, n, wrong); i < n)
    throw DataError("labels: row " + std::to_string(i) + ": expected a class number below " + std::to_string(classes) +
                    ", got " + std::to_string(input.labels[i]));
}

template <class T>
void check_probabilities(const Execution& execution, const ClassInput& input, Index m, const TensorView<const T, 3>& p,
                         const ClassPlan& plan) {
  const auto outside = [&](Index row, Index c) { return p(m, row, c) < 0 || p(m, row, c) > 1; };
  const Index row = first_bad(execution, input.rows(), [&](Index i) {
    bool bad = false;
    for (Index c = 0; c < input.classes(); ++c) bad |= outside(i, c);
    return bad;
  });
  if (row == input.rows()) return;
  Index c = 0;
  while (!outside(row, c)) ++c;
  throw DataError("scores: candidate " + candidate_name(input.names, m) + " row " + std::to_string(row) + ": " +
                  (plan.log_loss ? "log_loss" : "brier") + " expects numbers in [0, 1], got " +
                  shortest(static_cast<double>(p(m, row, c))));
}

// Finite, and probabilities where a metric wants them.
void check_scores(const Execution& execution, const ClassInput& input, const ClassPlan& plan) {
  const Index n = input.rows(), classes = input.classes();
  over_scores(input, [&](const auto& scores) {
    for (Index m = 0; m < input.candidates(); ++m) {
      const auto bad = [&](Index row) {
        bool good = true;
        for (Index c = 0; c < classes; ++c) good &= std::isfinite(scores(m, row, c));
        return !good;
      };
      const Index row = first_bad(execution, n, bad);
      if (row == n) {
        if (plan.log_loss || plan.squared) check_probabilities(execution, input, m, scores, plan);
        continue;
      }
      Index c = 0;
      while (std::isfinite(scores(m, row, c))) ++c;
      throw_bad_score(input.names, m, row, static_cast<double>(scores(m, row, c)));
    }
  });
}

bool is_proportion(const ClassPlan::Entry& entry) {
  return entry.metric == &kernels::kClassAccuracy || entry.metric == &kernels::kTopKAccuracy;
}

// What is right for this task alone.
void check_law(const ClassInput& input, const ClassPlan& plan, const EvaluateOptions& options) {
  if (options.resampling != "poisson")
    throw SpecError("resampling: expected poisson for this task, got '" + printable(options.resampling) + "'");
  check_interval(options.interval, {std::any_of(plan.metrics.begin(), plan.metrics.end(), is_proportion), false,
                                    input.weights != nullptr, input.units != nullptr});
}

Scoreboard board_of(const ClassInput& input, const ClassPlan& plan, const EvaluateOptions& options) {
  std::vector<std::pair<std::string, Direction>> metrics;
  for (std::size_t k = 0; k < plan.metrics.size(); ++k)
    metrics.emplace_back(plan.names[k], plan.metrics[k].metric->direction);
  return empty_board(candidate_names(input.names, input.candidates()), input.slices, metrics, options);
}

// One slice, and what its intervals need besides resamples.
template <class T>
struct ClassSlice {
  const Execution& execution;
  const ClassInput& input;
  const ClassPlan& plan;
  const ClassColumns<T>& columns;

  void fill(std::int64_t s, const EvaluateOptions& options, Scoreboard& board) const {
    std::vector<std::int64_t> places(plan.metrics.size());
    std::iota(places.begin(), places.end(), 0);
    fill_slice(
        evaluate_class_rows(execution, input, plan, columns, s > 0 ? &input.slices[s - 1].rows : nullptr, options), s,
        places, board);
  }

  // values[g * cells + c]: cell c without group g. The rows that are left are evaluated anew.
  void leave_out(const kernels::SliceRows& view, std::int64_t s, const Groups& groups, EvaluateOptions options,
                 const Scoreboard& board, std::vector<double>& values) const {
    options.resamples = 0;
    const auto metrics = static_cast<Index>(plan.metrics.size());
    for (Index g = 0; g < groups.count; ++g) {
      execution.check_stop();
      const std::vector<std::int64_t> rows = groups.others(view, g);
      if (static_cast<Index>(rows.size()) == view.count) continue;
      const RowSetResult left = evaluate_class_rows(execution, input, plan, columns, &rows, options);
      for (Index m = 0; m < input.candidates(); ++m)
        for (Index k = 0; k < metrics; ++k)
          values[g * static_cast<Index>(board.cells.size()) + board.index(m, s, k)] =
              left.values[m * metrics + k].value;
    }
  }
};

void wilson_cells(const SliceSet& set, const ClassPlan& plan, Scoreboard& board) {
  for (const std::int64_t s : set.slice)
    for (std::size_t m = 0; m < board.names.size(); ++m)
      for (std::size_t k = 0; k < plan.metrics.size(); ++k)
        if (is_proportion(plan.metrics[k]))
          wilson_cell(static_cast<double>(board.count[s]), board.confidence,
                      board.cells[board.index(static_cast<Index>(m), s, static_cast<Index>(k))]);
}

}  // namespace

std::int64_t ClassInput::candidates() const {
  return over_scores(*this, [](const auto& scores) { return scores.extent(0); });
}
std::int64_t ClassInput::rows() const {
  return over_scores(*this, [](const auto& scores) { return scores.extent(1); });
}
std::int64_t ClassInput::classes() const {
  return over_scores(*this, [](const auto& scores) { return scores.extent(2); });
}

Scoreboard evaluate_classes(const Execution& execution, const ClassInput& input, const EvaluateOptions& options) {
  check_options(options);
  const ClassPlan plan = make_class_plan(options.metrics, input.multilabel());
  check_law(input, plan, options);
  check_shape(input.names, input.candidates(), input.slices, input.rows());
  check_labels(execution, input);
  check_weights(execution, input.weights, input.rows());
  check_scores(execution, input, plan);
  Scoreboard board = board_of(input, plan, options);
  const UnitIndex units = make_unit_index(input.units, input.rows());
  const SliceSet set = sized_slices(input.slices, units, options.min_slice_rows, board);
  board.positives.assign(board.slice_names.size(), 0);
  over_scores(input, [&]<class T>(const TensorView<const T, 3>&) {
    const ClassColumns<T> columns = make_class_columns<T>(execution, input, plan, options.threshold);
    const ClassSlice<T> slice{execution, input, plan, columns};
    for (const std::int64_t s : set.slice) {
      slice.fill(s, options, board);
      for (std::size_t k = 0; k < plan.metrics.size(); ++k)
        set_law(s, static_cast<Index>(k), Resampling::poisson, board);
    }
    const Groups groups = interval_groups(units, board);
    if (groups.count == 0) return;
    std::vector<double> left(static_cast<std::size_t>(groups.count) * board.cells.size(), kNaN);
    for (Index i = 0; i < set.count(); ++i) slice.leave_out(set.views[i], set.slice[i], groups, options, board, left);
    keep_left_out(std::move(left), set, groups, board);
  });
  add_intervals(execution, board);
  if (board.interval == "wilson") wilson_cells(set, plan, board);
  return board;
}

LeaveOneOut leave_one_unit_out(const Execution& execution, const ClassInput& input, const EvaluateOptions& options,
                               const std::string& metric, const std::vector<std::int64_t>& rows) {
  constexpr std::size_t kAtOnce = 8;  // lists of rows, for each reading of the scores
  EvaluateOptions point = options;
  point.resamples = 0;
  point.metrics = {metric};
  const auto unit = [&](std::int64_t row) { return input.units ? input.units[row] : row; };
  LeaveOneOut out;
  for (const std::int64_t row : rows) out.units.push_back(unit(row));
  std::sort(out.units.begin(), out.units.end());
  out.units.erase(std::unique(out.units.begin(), out.units.end()), out.units.end());
  out.values.resize(static_cast<std::size_t>(input.candidates()));
  for (std::size_t first = 0; first < out.units.size(); first += kAtOnce) {
    execution.check_stop();
    ClassInput without = input;
    without.slices.clear();
    for (std::size_t g = first; g < std::min(out.units.size(), first + kAtOnce); ++g) {
      Slice& slice = without.slices.emplace_back();
      std::copy_if(rows.begin(), rows.end(), std::back_inserter(slice.rows),
                   [&](std::int64_t row) { return unit(row) != out.units[g]; });
    }
    const Scoreboard board = evaluate_classes(execution, without, point);
    for (std::size_t m = 0; m < out.values.size(); ++m)
      for (std::size_t s = 1; s <= without.slices.size(); ++s)
        out.values[m].push_back(board.cell(static_cast<std::int64_t>(m), static_cast<std::int64_t>(s), 0).value);
  }
  return out;
}

}  // namespace bakeoff

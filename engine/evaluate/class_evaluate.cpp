#include "evaluate/class_evaluate.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/class_row_set.h"
#include "evaluate/intervals.h"

namespace bakeoff {
namespace {

using kernels::TensorView;

std::string candidate_name(const ClassInput& input, Index m) {
  return input.names.empty() ? std::to_string(m) : input.names[static_cast<std::size_t>(m)];
}

void check_labels(const ClassInput& input) {
  const Index n = input.rows(), classes = input.classes();
  if (classes < 1 || classes > kernels::kMaxClasses)
    throw DataError("scores: expected 1 to " + std::to_string(kernels::kMaxClasses) + " classes, got " +
                    std::to_string(classes));
  for (Index i = 0; !input.multilabel() && i < n; ++i)
    if (input.labels[i] < 0 || input.labels[i] >= classes)
      throw DataError("labels: row " + std::to_string(i) + ": expected a class number below " +
                      std::to_string(classes) + ", got " + std::to_string(input.labels[i]));
  for (Index i = 0; input.multilabel() && i < n * classes; ++i)
    if (input.label_matrix[i] > 1)
      throw DataError("labels: row " + std::to_string(i / classes) + ": expected 0 or 1 for each label, got " +
                      std::to_string(input.label_matrix[i]));
  for (Index i = 0; input.weights && i < n; ++i)
    if (!(input.weights[i] >= 0 && std::isfinite(input.weights[i])))
      throw DataError("weights: row " + std::to_string(i) + ": expected a finite weight of at least 0, got " +
                      std::to_string(input.weights[i]));
}

template <class T>
bool finite_row(const TensorView<const T, 3>& scores, Index m, Index i) {
  bool good = true;
  for (Index c = 0; c < scores.extent(2); ++c) good &= std::isfinite(scores(m, i, c));
  return good;
}

// The first row with a score that is not finite, or N; the same for any number of threads.
template <class T>
Index first_bad_row(const Execution& execution, const TensorView<const T, 3>& scores, Index m) {
  std::atomic<Index> first{scores.extent(1)};
  execution.workers().for_each(kernels::chunk_count(scores.extent(1)), [&](Index chunk) {
    const Index end = std::min(scores.extent(1), (chunk + 1) * kernels::kChunkRows);
    for (Index i = chunk * kernels::kChunkRows; i < end; ++i) {
      if (finite_row(scores, m, i)) continue;
      Index seen = first.load();
      while (i < seen && !first.compare_exchange_weak(seen, i)) {
      }
      return;
    }
  });
  return first.load();
}

void check_scores(const Execution& execution, const ClassInput& input) {
  std::visit(
      [&](const auto& scores) {
        for (Index m = 0; m < input.candidates(); ++m) {
          const Index row = first_bad_row(execution, scores, m);
          if (row < input.rows())
            throw DataError("scores of candidate " + candidate_name(input, m) + ", row " + std::to_string(row) +
                            ": expected finite numbers; nan=\"drop\" leaves such rows out for all candidates");
        }
      },
      input.scores);
}

void check(const Execution& execution, const ClassInput& input) {
  if (!input.names.empty() && static_cast<Index>(input.names.size()) != input.candidates())
    throw DataError("names: expected " + std::to_string(input.candidates()) + ", one a candidate, got " +
                    std::to_string(input.names.size()));
  for (const Slice& slice : input.slices)
    if (!slice.rows.empty() && (slice.rows.front() < 0 || slice.rows.back() >= input.rows()))
      throw DataError("slice " + printable(slice.name) + ": expected rows below " + std::to_string(input.rows()) +
                      ", got " + std::to_string(slice.rows.back()));
  check_labels(input);
  check_scores(execution, input);
}

template <class F>
auto over_scores(const ClassInput& input, const F& f) {
  return std::visit([&]<class T>(const TensorView<const T, 3>& scores) { return f(scores); }, input.scores);
}

void check_options(const EvaluateOptions& options) {
  if (options.resamples < 0)
    throw SpecError("resamples: expected at least 0, got " + std::to_string(options.resamples));
  if (!(options.confidence > 0 && options.confidence < 1))
    throw SpecError("confidence: expected a number between 0 and 1, got " + shortest(options.confidence));
  if (options.interval != "percentile" && options.interval != "basic")
    throw SpecError("interval: expected percentile or basic for this task, got '" + printable(options.interval) + "'");
  if (options.resampling != "poisson")
    throw SpecError("resampling: expected poisson for this task, got '" + printable(options.resampling) + "'");
}

Scoreboard empty_board(const ClassInput& input, const ClassPlan& plan, const EvaluateOptions& options) {
  Scoreboard board;
  for (Index m = 0; m < input.candidates(); ++m) board.names.push_back(candidate_name(input, m));
  board.slice_names = {"all"};
  for (const Slice& slice : input.slices) board.slice_names.push_back(slice.name);
  board.metric_names = plan.names;
  for (const ClassPlan::Entry& entry : plan.metrics) board.directions.push_back(entry.metric->direction);
  board.resamples = options.resamples;
  board.confidence = options.confidence;
  board.interval = options.interval;
  board.cells.resize(board.names.size() * board.slice_names.size() * board.metric_names.size());
  board.replicates.assign(board.cells.size() * static_cast<std::size_t>(options.resamples), kNaN);
  return board;
}

void fill_slice(const RowSetResult& rows, Index s, Scoreboard& board) {
  const auto candidates = static_cast<Index>(board.names.size()),
             metrics = static_cast<Index>(board.metric_names.size());
  const auto cells = static_cast<Index>(board.cells.size());
  for (Index m = 0; m < candidates; ++m)
    for (Index k = 0; k < metrics; ++k) {
      const Index cell = board.index(m, s, k);
      board.cells[cell].value = rows.values[m * metrics + k].value;
      board.cells[cell].reason = rows.values[m * metrics + k].reason;
      for (Index b = 0; b < board.resamples; ++b)
        board.replicates[b * cells + cell] = rows.replicates[(b * candidates + m) * metrics + k];
    }
  board.count.push_back(rows.rows);
  board.positives.push_back(0);
  board.resampling.push_back("poisson");
  board.units.push_back(rows.units);
}

void add_intervals(const Execution& execution, Scoreboard& board) {
  const auto cells = static_cast<Index>(board.cells.size());
  execution.workers().for_each(board.resamples > 0 ? cells : 0, [&](Index c) {
    std::vector<double> values;
    for (Index b = 0; b < board.resamples; ++b)
      if (const double v = board.replicates[b * cells + c]; !std::isnan(v)) values.push_back(v);
    Cell& cell = board.cells[c];
    cell.valid_resamples = static_cast<std::int64_t>(values.size());
    if (std::isnan(cell.value)) return;
    std::sort(values.begin(), values.end());
    const Interval ends = board.interval == "basic" ? basic_interval(cell.value, values, board.confidence)
                                                    : percentile_interval(cell.value, values, board.confidence);
    cell.low = ends.low;
    cell.high = ends.high;
    cell.method = board.interval == "basic" ? IntervalMethod::basic : IntervalMethod::percentile;
  });
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
  check(execution, input);
  Scoreboard board = empty_board(input, plan, options);
  over_scores(input, [&]<class T>(const TensorView<const T, 3>&) {
    const ClassColumns<T> columns = make_class_columns<T>(execution, input, plan, options.threshold);
    fill_slice(evaluate_class_rows(execution, input, plan, columns, nullptr, options), 0, board);
    for (std::size_t s = 0; s < input.slices.size(); ++s)
      fill_slice(evaluate_class_rows(execution, input, plan, columns, &input.slices[s].rows, options),
                 static_cast<std::int64_t>(s) + 1, board);
  });
  add_intervals(execution, board);
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

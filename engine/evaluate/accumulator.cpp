#include "evaluate/accumulator.h"

#include <algorithm>
#include <limits>

#include "core/buffer.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/board.h"
#include "evaluate/draw.h"
#include "evaluate/input.h"
#include "evaluate/intervals.h"
#include "evaluate/unit_index.h"

namespace bakeoff {
namespace {

using kernels::MetricContext;
using kernels::Term;

// Scores of one fold, all levels of all candidates: what bounds a fold's memory.
constexpr std::int64_t kFoldScores = std::int64_t{1} << 22;

bool depends_on_means(const MetricPass& pass) {
  return pass.terms.has(Term::label) || pass.terms.has(Term::label_squared) || pass.terms.has(Term::error) ||
         pass.terms.has(Term::error_squared);
}

// Labels are 0 or 1 and all scores probabilities: some metric of the plan asks for that, and check_domains holds it.
bool are_probabilities(const MetricPlan& plan, Task task) {
  return task == Task::binary && std::any_of(plan.uses.begin(), plan.uses.end(), [](const MetricUse& use) {
           return use.domain().scores == kernels::Range::probability;
         });
}

std::vector<int> bounds_of(const MetricPass& pass, const MetricPlan& plan, const EvaluateOptions& options,
                           const BatchShape& shape) {
  const double eps = shape.narrow ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  const bool probabilities = pass.column.empty() && are_probabilities(plan, options.task);
  std::vector<int> bounds;
  for (int t = 0; t < kernels::kTermCount; ++t)
    if (pass.terms.has(Term(t))) bounds.push_back(shape.weights ? kUnbounded : term_bound(Term(t), probabilities, eps));
  return bounds;
}

std::string why_not_sums(const EvaluateOptions& options, const MetricPlan& plan) {
  for (const MetricUse& use : plan.uses)
    if (use.metric->kind != kernels::MetricKind::sums) return use.name + " is no sum over rows";
  for (const MetricPass& pass : plan.passes)
    if (depends_on_means(pass)) return "a metric depends on means of all rows (r2, explained_variance)";
  if (!options.custom.empty()) return options.custom[0].name + " is called with all rows";
  if (options.drop_nan) return "nan=\"drop\" changes the numbers of rows";
  if (options.resampling != "poisson") return "resampling " + options.resampling + " draws among all rows";
  if (options.interval != "auto" && options.interval != "percentile" && options.interval != "basic")
    return "interval " + options.interval + " is made from all rows";
  return "";
}

}  // namespace

std::string needs_rows(const EvaluateOptions& options, const EvaluateInput& batch, KeepRows keep) {
  const MetricPlan plan = make_plan(options, batch.value_names());
  std::string why = keep == KeepRows::always ? "they are asked for" : why_not_sums(options, plan);
  if (why.empty() && !batch.slices.empty()) why = "slices count their rows on their own";
  if (why.empty() && batch.strata) why = "strata draw among all rows";
  if (keep == KeepRows::never && !why.empty())
    throw SpecError("accumulator: keep_rows=False: rows have to be kept, since " + why);
  if (!why.empty() || keep == KeepRows::never || options.resamples == 0) return why;
  const BatchShape shape(batch);
  for (const MetricPass& pass : plan.passes)
    for (const int bound : bounds_of(pass, plan, options, shape))
      if (bound == kUnbounded)
        return "replicates of terms without a bound cost 39 sums each; keep_rows=False takes them";
  return "";
}

Accumulator::Accumulator(EvaluateOptions options, std::int64_t first_row, KeepRows keep)
    : options_(std::move(options)), keep_(keep), first_row_(first_row) {
  check_options(options_);
  if (first_row < 0) throw SpecError("accumulator: first_row: expected at least 0, got " + std::to_string(first_row));
  for (const std::string& name : options_.metrics)
    if (name.find(':') != std::string::npos) return;  // its column comes with the first batch
  const MetricPlan plan = make_plan(options_);
  const bool any_proportion =
      std::any_of(plan.uses.begin(), plan.uses.end(), [](const MetricUse& use) { return is_proportion(*use.metric); });
  check_interval(options_.interval, {any_proportion, !plan.areas.empty(), false, false});
  if (keep == KeepRows::never) needs_rows(options_, {}, keep);
}

void Accumulator::update(const Execution& execution, const EvaluateInput& batch) { update(execution, batch, end()); }

void Accumulator::update(const Execution& execution, const EvaluateInput& batch, std::int64_t first_row) {
  if (first_row < 0) throw SpecError("accumulator: first_row: expected at least 0, got " + std::to_string(first_row));
  const BatchShape shape(batch);
  if (shape_ && rows_ > 0 && batch.rows() > 0) shape_->expect(shape);
  if (shape_ && shape_->candidates != shape.candidates) shape_->expect(shape);
  RowNumbers numbers;
  numbers.add(first_row, first_row + batch.rows());
  numbers_.expect_apart(numbers);
  const MetricPlan plan = make_plan(options_, batch.value_names());
  if (!options_.drop_nan) check_domains(execution, batch, check_input(execution, batch, options_.task), plan);
  const std::string why = needs_rows(options_, batch, keep_);
  if (!shape_ || (rows_ == 0 && batch.rows() > 0)) adopt(shape, batch);
  if (rows_needed_.empty() && !why.empty())
    throw DataError("accumulator: slices: expected none like before, got some; give them with every batch");
  numbers_.add(numbers);
  rows_ += batch.rows();
  for (Index i = 0; i < batch.rows(); ++i) positives_ += batch.labels[i] != 0;
  if (batch.units) add_units({batch.units, batch.units + batch.rows()});
  runs_.add(RowRun(batch, first_row));
  fold(execution);
}

void Accumulator::adopt(const BatchShape& shape, const EvaluateInput& batch) {
  rows_needed_ = needs_rows(options_, batch, keep_);
  shape_ = shape;
  passes_.clear();
  if (keeps_rows()) return;
  const MetricPlan metrics = plan();
  for (const MetricPass& pass : metrics.passes)
    passes_.emplace_back(pass, shape.candidates, options_.resamples, bounds_of(pass, metrics, options_, shape));
}

void Accumulator::merge(const Execution& execution, const Accumulator& other) {
  if (signature() != other.signature())
    throw SpecError("accumulator: merge: expected an accumulator of the same task, metrics and options");
  numbers_.expect_apart(other.numbers_);
  if (!other.shape_) return;
  if (shape_ && rows_ > 0 && other.rows_ > 0) shape_->expect(*other.shape_);
  if (shape_ && shape_->candidates != other.shape_->candidates) shape_->expect(*other.shape_);
  if (!shape_ || rows_ == 0) {
    shape_ = other.shape_;
    rows_needed_ = other.rows_needed_;
    passes_ = other.passes_;
  } else if (other.rows_ > 0) {
    if (keeps_rows() != other.keeps_rows())
      throw DataError("accumulator: merge: one has slices and the other has none; give them with every batch");
    for (std::size_t p = 0; p < passes_.size(); ++p) passes_[p].merge(other.passes_[p]);
  }
  numbers_.add(other.numbers_);
  rows_ += other.rows_;
  positives_ += other.positives_;
  add_units(other.units_);
  for (const auto& [first, run] : other.runs_.runs()) runs_.add(run);
  fold(execution);
}

void Accumulator::add_units(std::vector<std::int64_t> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const std::vector<std::int64_t> before = std::move(units_);
  units_.clear();
  std::set_union(before.begin(), before.end(), ids.begin(), ids.end(), std::back_inserter(units_));
}

void Accumulator::reset() { *this = Accumulator(options_, first_row_, keep_); }

MetricPlan Accumulator::plan() const { return make_plan(options_, shape_->values); }

// Whether rows will be resampled by the Poisson law whatever comes: it draws each on its own.
bool Accumulator::settled() const {
  if (keeps_rows()) return false;
  if (options_.resamples == 0 || options_.task != Task::binary) return true;
  if (shape_->units && static_cast<std::int64_t>(units_.size()) < rows_) return true;
  return std::min(positives_, rows_ - positives_) >= kFewOfClass;
}

void Accumulator::fold(const Execution& execution) {
  if (!settled()) return;
  std::int64_t columns = shape_->candidates;
  for (const AccumulatedSums& pass : passes_) columns = std::max(columns, shape_->candidates * pass.levels());
  while (const std::optional<RowRun> run = runs_.take_chunks(kFoldScores / std::max(columns, std::int64_t{1}))) {
    fold_run(execution, *run, passes_);
    execution.check_stop();
  }
}

MetricContext Accumulator::context(const MetricPass& pass) const {
  MetricContext c;
  c.threshold = options_.threshold;
  c.eps = shape_->narrow ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  c.undefined = options_.undefined;
  c.power = pass.power;
  c.like_sklearn = options_.compat == "sklearn";
  return c;
}

void Accumulator::fold_run(const Execution& execution, const RowRun& run, std::vector<AccumulatedSums>& passes) const {
  const std::unique_ptr<JoinedRows> rows = joined(run, *shape_);
  const EvaluateInput& input = rows->input;
  const UnitIndex index = make_unit_index(input);
  const kernels::ResampleUnits units =
      index.by_row() ? kernels::ResampleUnits::rows(run.count, run.first) : index.view();
  const MetricPlan metrics = plan();
  for (std::size_t p = 0; p < passes.size(); ++p) {
    const MetricPass& pass = metrics.passes[p];
    const double* labels = input.labels;
    for (const ValueColumn& column : input.values)
      if (!pass.column.empty() && column.name == pass.column) labels = column.values;
    std::visit(
        [&]<class T>(const kernels::TensorView<const T, 2>& scores) {
          kernels::ScoredRows<T> scored{scores, kernels::vector_view(labels, run.count), {}};
          if (input.weights) scored.weights = kernels::vector_view(input.weights, run.count);
          passes[p].add(execution, scored, run.first, units, kernels::RngKey::from_seed(options_.seed), context(pass));
        },
        input.scores);
  }
}

Scoreboard Accumulator::compute(const Execution& execution) const {
  if (!shape_) throw DataError("accumulator: compute: nothing is there yet; call update first");
  numbers_.expect_whole();
  if (rows_ > 0 && settled()) {
    std::vector<AccumulatedSums> passes = passes_;
    for (const auto& [first, run] : runs_.runs()) fold_run(execution, run, passes);
    return board_of_sums(execution, passes);
  }
  return evaluate(execution, kept()->input, options_);
}

std::unique_ptr<JoinedRows> Accumulator::kept() const {
  if (!shape_ || (rows_ > 0 && settled())) return nullptr;
  numbers_.expect_whole();
  static const RowRun kNone;
  return joined(runs_.runs().empty() ? kNone : runs_.runs().begin()->second, *shape_);
}

Scoreboard Accumulator::board_of_sums(const Execution& execution, const std::vector<AccumulatedSums>& passes) const {
  const Index m = shape_->candidates;
  const MetricPlan metrics = plan();
  std::vector<std::pair<std::string, Direction>> named;
  for (const MetricUse& use : metrics.uses) named.emplace_back(use.name, use.metric->direction);
  Scoreboard board = empty_board(candidate_names(shape_->names, m), {}, named, options_);
  board.count = {rows_};
  board.positives = {positives_};
  board.units = {shape_->units ? static_cast<std::int64_t>(units_.size()) : rows_};
  for (std::size_t k = 0; k < metrics.uses.size(); ++k)
    set_law(0, static_cast<Index>(k), Resampling::poisson, board);  // settled() says so
  const auto cells = static_cast<Index>(board.cells.size());
  for (std::size_t p = 0; p < passes.size(); ++p) {
    const MetricPass& pass = metrics.passes[p];
    const std::vector<kernels::TermSums> sums = passes[p].sums(execution, rows_);
    const auto finish = [&](std::size_t place, const kernels::TermSums& state, double total_weight) {
      MetricContext c = context(pass);
      c.parameter = metrics.uses[place].parameter;
      c.total_weight = total_weight;
      return kernels::finish(*metrics.uses[place].metric, state, c);
    };
    for (Index candidate = 0; candidate < m; ++candidate)
      for (const std::size_t place : pass.uses) {
        Cell& cell = board.cells[board.index(candidate, 0, static_cast<Index>(place))];
        const kernels::MetricValue value = finish(place, sums[candidate], 0);
        cell.value = value.value;
        cell.reason = value.reason;
      }
    execution.workers().for_each(options_.resamples, [&](Index b) {
      for (Index candidate = 0; candidate < m; ++candidate) {
        const kernels::TermSums state = passes[p].replicate(b, candidate, rows_);
        for (const std::size_t place : pass.uses)
          board.replicates[b * cells + board.index(candidate, 0, static_cast<Index>(place))] =
              finish(place, state, sums[candidate][Term::weight]).value;
      }
    });
  }
  add_intervals(execution, board);
  return board;
}

std::int64_t Accumulator::bytes() const {
  std::int64_t sum = runs_.bytes() + static_cast<std::int64_t>(units_.size() * sizeof(std::int64_t));
  for (const AccumulatedSums& pass : passes_) sum += pass.bytes();
  return sum;
}

}  // namespace bakeoff

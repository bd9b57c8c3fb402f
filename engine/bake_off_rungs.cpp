#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "bake_off.h"
#include "candidates/strategy/strategy.h"
#include "train/rung.h"

namespace bakeoff {
namespace {

// A share of the rows of a run, as a run of its own: training rows first, then those to choose on.
struct Rung {
  RunTable table;
  RawDesign design;
  Plan plan;
};

Rung make_rung(const Spec& spec, const RunTable& table, const RawDesign& design, const Plan& plan, double fraction) {
  std::vector<Index> rows = rung_rows(table.units.empty() ? nullptr : table.units.data(), plan.train.begin,
                                      plan.train.end, fraction, spec.compute.seed);
  Rung rung;
  const auto trained = static_cast<std::int64_t>(rows.size());
  if (!plan.cross_validated)
    for (std::int64_t i = plan.periods.select.begin; i < plan.periods.select.end; ++i) rows.push_back(i);
  const auto pick = [&](const auto& from, auto& to) {
    if (from.empty()) return;
    for (const Index i : rows) to.push_back(from[i]);
  };
  pick(table.times, rung.table.times);
  pick(table.labels, rung.table.labels);
  rung.table.classes = table.classes;
  pick(table.units, rung.table.units);
  pick(plan.folds, rung.plan.folds);
  rung.design = design.take(rows);
  rung.plan.cross_validated = plan.cross_validated;
  rung.plan.periods = plan.periods;
  rung.plan.train = {0, trained};
  rung.plan.periods.select = {trained, static_cast<std::int64_t>(rows.size())};
  return rung;
}

// Higher is better; NaN for those without a model or a value.
std::vector<double> merits(const Execution& execution, const Spec& spec, const Rung& rung, const TrainedBatch& batch) {
  const RowRange rows = rung.plan.cross_validated ? rung.plan.train : rung.plan.periods.select;
  const std::vector<float> scores =
      rung.plan.cross_validated
          ? out_of_fold_scores(execution, rung.design, batch, rung.plan.folds, rows.begin, rows.end)
          : batch_scores(execution, rung.design, batch, rows.begin, rows.end);
  EvaluateOptions options;
  options.metrics = {spec.objective};
  options.resamples = 0;
  const double sign = task_metric_direction(spec.data.task, spec.objective) == Direction::maximize ? 1 : -1;
  std::vector<double> out;
  for (std::size_t c = 0; c < batch.candidates.size(); ++c) {
    if (!batch.candidates[c].model) {
      out.push_back(kNaN);
      continue;
    }
    const float* of = scores.data() + static_cast<std::int64_t>(c) * batch.outputs * rows.size();
    const TaskRows input = task_rows(spec, rung.table, rows, of, 1);
    out.push_back(sign * evaluate_task(execution, input, options).cells[0].value);
  }
  return out;
}

// So few rows don't tell coefficients from noise, so few units not candidates.
double least_fraction(const RunTable& table, const RawDesign& design, const Plan& plan) {
  constexpr double kRows = 200, kRowsEach = 5, kUnits = 10;
  const auto rows = static_cast<double>(plan.train.size());
  double least = std::max(kRows, kRowsEach * design.parameters()) / rows;
  if (!table.units.empty()) {
    const std::unordered_set<std::int64_t> units(table.units.begin() + plan.train.begin,
                                                 table.units.begin() + plan.train.end);
    least = std::max(least, kUnits / static_cast<double>(units.size()));
  }
  return std::min(least, 1.0);
}

}  // namespace

void halve_candidates(const Execution& execution, const Spec& spec, const RunTable& table, const RawDesign& design,
                      const Champion& champion, Plan& plan, EventSink& events) {
  if (spec.candidates.strategy != "halving" && spec.candidates.strategy != "hyperband") return;
  const auto search = make_strategy(spec.candidates,
                                    {.seed = spec.compute.seed, .least_fraction = least_fraction(table, design, plan)});
  plan.candidates.clear();
  while (!search->finished()) {
    execution.check_stop();
    const double fraction = search->fraction();
    CandidateSet candidates = search->ask(std::numeric_limits<int>::max());
    if (fraction == 1) {  // these compete
      search->tell(std::vector<double>(candidates.size(), 0.0));
      plan.candidates.insert(plan.candidates.end(), candidates.begin(), candidates.end());
      continue;
    }
    // The loss is a sum over rows, and so is the weight of a penalty beside it.
    for (Candidate& candidate : candidates)
      if (const auto l2 = candidate.parameters.find("l2"); l2 != candidate.parameters.end()) l2->second *= fraction;
    const Rung rung = make_rung(spec, table, design, plan, fraction);
    const TrainedBatch batch = train(execution, training_input(spec, rung.table, rung.design, rung.plan), candidates,
                                     [&](int done, int all) { events.progress("rung", done, all); });
    search->tell(merits(execution, spec, rung, batch));
    events.emit("rung", {{"candidates", candidates.size()},
                         {"fraction", fraction},
                         {"rows", rung.plan.train.size()},
                         {"seconds", batch.seconds}});
  }
  add_champion(spec, champion, plan.candidates);
}

}  // namespace bakeoff

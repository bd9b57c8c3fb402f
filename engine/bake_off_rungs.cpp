#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "bake_off.h"
#include "candidates/strategy/strategy.h"
#include "core/hash.h"
#include "core/packing.h"
#include "evaluate/evaluate.h"
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

// What is known of a rung once it was fitted.
struct Told {
  std::int64_t rows = 0;
  double seconds = 0;
  std::vector<double> merits;
};

bool unpack(const std::string& bytes, std::size_t candidates, Told& told) {
  Unpacking unpacking(bytes);
  return unpacking.take(told.rows) && unpacking.take(told.seconds) && unpacking.take_list(told.merits) &&
         unpacking.done() && told.merits.size() == candidates;
}

// What a rung's candidates have shown, fitted now or by a process that was killed later.
Told told_of(const Execution& execution, const Spec& spec, const RunTable& table, const RawDesign& design,
             const Plan& plan, double fraction, CandidateSet candidates, const CheckpointSection& memory,
             EventSink& events) {
  Fingerprint asked;
  asked.add_all(&fraction, 1);
  for (Candidate& candidate : candidates) {
    candidate.parameters = rung_parameters(find_family(candidate.family), candidate.parameters, fraction);
    asked.add(candidate.label());
  }
  const std::string question = memory.question("merits", asked.text());
  Told told;
  if (!unpack(memory.checkpoint->find(question).value_or(""), candidates.size(), told)) {
    const Rung rung = make_rung(spec, table, design, plan, fraction);
    const TrainedBatch batch = train(execution, training_input(spec, rung.table, rung.design, rung.plan, memory),
                                     candidates, [&](int done, int all) { events.progress("rung", done, all); });
    told = {rung.plan.train.size(), batch.seconds, merits(execution, spec, rung, batch)};
    memory.checkpoint->keep(question, Packing().add(told.rows).add(told.seconds).add_list(told.merits).take(),
                            told.seconds);
    for (const char* superfluous : {"gram", "pass", "solutions"}) memory.forget(superfluous);
  }
  events.emit(
      "rung",
      {{"candidates", candidates.size()}, {"fraction", fraction}, {"rows", told.rows}, {"seconds", told.seconds}});
  return told;
}

// The best 1/eta, best first: those that would have gone on.
CandidateSet best_of(const CandidateSet& candidates, const std::vector<double>& merits, double eta) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (!std::isnan(merits[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return merits[a] > merits[b]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(std::ceil(candidates.size() / eta))));
  CandidateSet best;
  for (const std::size_t i : order) best.push_back(candidates[i]);
  return best;
}

}  // namespace

void halve_candidates(const Execution& execution, const Spec& spec, const RunTable& table, const RawDesign& design,
                      const Champion& champion, Plan& plan, Budget& budget, Checkpoint& checkpoint, EventSink& events) {
  if (spec.candidates.strategy != "halving" && spec.candidates.strategy != "hyperband") return;
  const auto search = make_strategy(spec.candidates,
                                    {.seed = spec.compute.seed, .least_fraction = least_fraction(table, design, plan)});
  plan.candidates.clear();
  CandidateSet fitted;  // on the last rung, and what it has shown
  Told told;
  int rungs = 0;
  while (!search->finished()) {
    execution.check_stop();
    const double fraction = search->fraction();
    CandidateSet candidates = search->ask(std::numeric_limits<int>::max());
    if (fraction == 1) {  // these compete
      search->tell(std::vector<double>(candidates.size(), 0.0));
      plan.candidates.insert(plan.candidates.end(), candidates.begin(), candidates.end());
      continue;
    }
    if (!budget.allows("rung", rungs, told.seconds)) {
      plan.cut_short = "budget: " + budget.text() + " ended the search after " + std::to_string(rungs) +
                       " rungs; the best of the last one competed";
      events.emit("budget", {{"reason", plan.cut_short}});
      const CandidateSet best = best_of(fitted, told.merits, spec.candidates.eta);
      plan.candidates.insert(plan.candidates.end(), best.begin(), best.end());
      break;
    }
    fitted = candidates;
    told = told_of(execution, spec, table, design, plan, fraction, std::move(candidates),
                   {&checkpoint, "rung " + std::to_string(++rungs)}, events);
    search->tell(told.merits);
  }
  add_champion(spec, champion, plan.candidates);
}

}  // namespace bakeoff

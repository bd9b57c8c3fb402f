#include "decide/gate.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>

#include "core/error.h"
#include "evaluate/compare.h"
#include "evaluate/jackknife.h"

namespace bakeoff {
namespace {

constexpr std::int64_t kChampion = 0, kChallenger = 1;

// Everything below is signed so that more is better.
struct Paired {
  Interval difference;
  double p = kNaN;
  double one_sided_low = kNaN;  // at the gate's confidence
};

Interval turned(double value, double low, double high, bool minimize) {
  return minimize ? Interval{-value, -high, -low} : Interval{value, low, high};
}

std::string text(const char* format, auto... values) {
  char buffer[256];
  std::snprintf(buffer, sizeof buffer, format, values...);
  return buffer;
}

// The scores of either kind of task, as the gate asks for them.
struct Holdout {
  std::vector<std::string> names;
  std::function<Scoreboard(const EvaluateOptions&)> evaluate;
  // On the rows of slice s of the board; 0: all.
  std::function<LeaveOneOut(std::int64_t s, const EvaluateOptions&)> leave_one_out;
};

struct Gate {
  const Holdout& holdout;
  EvaluateOptions options;
  const GateSpec& spec;
  bool minimize;

  // Of slice s of the board, by leaving out one unit at a time. The interval is shared out over `comparisons`.
  Paired by_jackknife(const Scoreboard& board, std::int64_t s, int comparisons) const {
    EvaluateOptions point = options;
    point.resamples = 0;
    const LeaveOneOut left = holdout.leave_one_out(s, point);
    std::vector<double> differences(left.units.size());
    for (std::size_t g = 0; g < differences.size(); ++g)
      differences[g] = left.values[kChallenger][g] - left.values[kChampion][g];
    const double d = board.cell(kChallenger, s, 0).value - board.cell(kChampion, s, 0).value;
    const JackknifeInterval all = jackknife(d, differences, spec.confidence, comparisons);
    // A two-sided interval at 2c - 1 has its lower end where the one-sided one at c has it.
    const JackknifeInterval one = jackknife(d, differences, 2 * spec.confidence - 1);
    Paired out;
    out.difference = turned(d, all.interval.low, all.interval.high, minimize);
    out.one_sided_low = minimize ? -one.interval.high : one.interval.low;
    out.p = all.p;
    return out;
  }
};

void judge_slice(const Gate& gate, SliceVerdict& slice, double one_sided_low) {
  const double limit = -gate.spec.max_slice_loss;
  if (gate.spec.slice_rule == "noninferior") {
    slice.vetoes = !(one_sided_low > limit);  // NaN does not show anything
    if (slice.vetoes)
      slice.reason =
          text("not shown to lose less than %.4g: one-sided lower bound %.4f", gate.spec.max_slice_loss, one_sided_low);
  } else if (slice.difference.high < limit) {
    slice.vetoes = true;
    slice.reason = text("loses more than %.4g: upper bound %.4f", gate.spec.max_slice_loss, slice.difference.high);
  }
}

// Slices that are compared by the bootstrap, and why the others can't be.
struct Resampled {
  std::vector<std::int64_t> slices;
  std::vector<std::string> refused;  // by slice of the board; empty: none
};

// A slice most of whose resamples lack a class would leave max-T with the few resamples that are valid everywhere, and
// so take the veto from all others.
constexpr double kLeastValid = 0.9;

Resampled resampled_slices(const Scoreboard& board) {
  Resampled out{{}, std::vector<std::string>(board.slice_names.size())};
  for (std::int64_t s = 1; s < static_cast<std::int64_t>(board.slice_names.size()); ++s) {
    const Cell& cell = board.cell(kChallenger, s, 0);
    if (board.units[s] < kTooFewUnits)
      out.refused[s] =
          text("not judged: %lld units, at least %d are needed", static_cast<long long>(board.units[s]), kTooFewUnits);
    else if (std::isnan(cell.value))
      out.refused[s] = text("not judged: %s is undefined (%s)", board.metric_names[0].c_str(), name(cell.reason));
    else if (board.units[s] >= kFewUnits &&
             static_cast<double>(cell.valid_resamples) < kLeastValid * static_cast<double>(board.resamples))
      out.refused[s] = text("not judged: %s is undefined in %lld of %d resamples", board.metric_names[0].c_str(),
                            static_cast<long long>(board.resamples - cell.valid_resamples), board.resamples);
    else if (board.units[s] >= kFewUnits)
      out.slices.push_back(s);
  }
  return out;
}

// The board with those slices alone: max-T is over what is judged by it.
Scoreboard restricted(const Scoreboard& board, const std::vector<std::int64_t>& slices) {
  Scoreboard out = board;
  out.slice_names.clear();
  out.cells.clear();
  out.replicates.clear();
  for (const std::int64_t s : slices) out.slice_names.push_back(board.slice_names[s]);
  for (const std::int64_t m : {kChampion, kChallenger})
    for (const std::int64_t s : slices) out.cells.push_back(board.cell(m, s, 0));
  for (std::int64_t b = 0; b < board.resamples; ++b)
    for (const std::int64_t m : {kChampion, kChallenger})
      for (const std::int64_t s : slices)
        out.replicates.push_back(
            board.replicates[b * static_cast<std::int64_t>(board.cells.size()) + board.index(m, s, 0)]);
  return out;
}

double one_sided_low(const Gate& gate, const Scoreboard& board, std::int64_t s) {
  std::vector<double> replicates;
  for (std::int64_t b = 0; b < board.resamples; ++b) {
    const double* at = board.replicates.data() + b * static_cast<std::int64_t>(board.cells.size());
    const double d = at[board.index(kChallenger, s, 0)] - at[board.index(kChampion, s, 0)];
    if (!std::isnan(d)) replicates.push_back(gate.minimize ? -d : d);
  }
  std::sort(replicates.begin(), replicates.end());
  return quantile(replicates, 1 - gate.spec.confidence);
}

// Slices with few units: jackknife, shared out over the slices; the others: max-T from the shared replicates.
void judge_slices(const Gate& gate, const Scoreboard& board, Verdict& verdict) {
  const auto slices = static_cast<std::int64_t>(board.slice_names.size());
  if (slices < 2) return;
  const Resampled resampled = resampled_slices(board);
  const Scoreboard part = restricted(board, resampled.slices);
  Comparison comparison;
  if (!resampled.slices.empty()) comparison = compare(part, part.names[kChampion]);
  std::int64_t place = 0;
  for (std::int64_t s = 1; s < slices; ++s) {
    SliceVerdict slice;
    slice.name = board.slice_names[s];
    slice.rows = board.count[s];
    slice.reason = resampled.refused[s];
    double low = kNaN;
    const bool judged = slice.reason.empty();
    if (judged && board.units[s] < kFewUnits) {
      const Paired paired = gate.by_jackknife(board, s, static_cast<int>(slices - 1));
      slice.difference = paired.difference;
      low = paired.one_sided_low;
    } else if (judged) {
      const std::int64_t cell = part.index(kChallenger, place++, 0);
      slice.difference = turned(comparison.difference[cell], comparison.simultaneous_low[cell],
                                comparison.simultaneous_high[cell], gate.minimize);
      low = one_sided_low(gate, board, s);
    }
    if (judged || gate.spec.slice_rule == "noninferior") judge_slice(gate, slice, low);
    if (slice.vetoes) verdict.reasons.push_back("slice " + slice.name + " " + slice.reason);
    verdict.slices.push_back(std::move(slice));
  }
}

void conclude(const GateSpec& spec, Verdict& verdict) {
  const Interval& d = verdict.difference;
  const bool vetoed = std::any_of(verdict.slices.begin(), verdict.slices.end(), [](const auto& s) { return s.vetoes; });
  const std::string ends = text("difference %.4f [%.4f, %.4f]", d.value, d.low, d.high);
  if (std::isnan(d.low) || std::isnan(d.high)) {
    verdict.outcome = Outcome::inconclusive;
    verdict.reasons.push_back("the difference is undefined on the holdout");
  } else if (vetoed) {
    verdict.outcome = Outcome::keep;
  } else if (d.low > spec.min_gain) {
    verdict.outcome = Outcome::promote;
    verdict.reasons.push_back(ends + text(" lies above min_gain %.4g", spec.min_gain));
  } else if (d.high <= spec.min_gain) {
    verdict.outcome = Outcome::keep;
    verdict.reasons.push_back(ends + text(" lies at or below min_gain %.4g", spec.min_gain));
  } else {
    verdict.outcome = Outcome::inconclusive;
    verdict.reasons.push_back(ends + text(" covers min_gain %.4g", spec.min_gain));
  }
}

void fall_back(const GateSpec& spec, bool minimize, Verdict& verdict) {
  if (!spec.floor || verdict.outcome == Outcome::promote) return;
  const double value = verdict.champion_value.value;
  if (minimize ? value > *spec.floor : value < *spec.floor) {
    verdict.outcome = Outcome::fallback;
    verdict.reasons.push_back(
        text("the champion's %.4f is beyond its floor %.4g and nobody passed", value, *spec.floor));
  }
}

Verdict judge(const Holdout& holdout, EvaluateOptions options, Direction direction, const GateSpec& gate,
              std::uint64_t seed) {
  options.resamples = gate.resamples;
  options.confidence = gate.confidence;
  options.seed = seed;
  const Gate at{holdout, options, gate, direction == Direction::minimize};
  const Scoreboard board = holdout.evaluate(options);
  Verdict verdict;
  verdict.champion = holdout.names[kChampion];
  verdict.challenger = holdout.names[kChallenger];
  verdict.metric = options.metrics[0];
  verdict.rows = board.count[0];
  verdict.units = board.units[0];
  for (const auto& [cell, value] : {std::pair{board.cell(kChampion, 0, 0), &verdict.champion_value},
                                    {board.cell(kChallenger, 0, 0), &verdict.challenger_value}})
    *value = {cell.value, cell.low, cell.high};
  if (verdict.units < kTooFewUnits) {
    verdict.outcome = Outcome::inconclusive;
    verdict.difference.value = (at.minimize ? -1 : 1) * (verdict.challenger_value.value - verdict.champion_value.value);
    verdict.reasons.push_back(text("the holdout has %lld units of resampling; at least %d are needed",
                                   static_cast<long long>(verdict.units), kTooFewUnits));
    fall_back(gate, at.minimize, verdict);
    return verdict;
  }
  if (verdict.units < kFewUnits) {
    const Paired paired = at.by_jackknife(board, 0, 1);
    verdict.difference = paired.difference;
    verdict.p_adjusted = paired.p;
    verdict.method = "delete-one-unit jackknife t";
  } else {
    const Comparison comparison = compare(board, verdict.champion);
    const std::int64_t cell = board.index(kChallenger, 0, 0);
    verdict.difference = turned(comparison.difference[cell], comparison.low[cell], comparison.high[cell], at.minimize);
    verdict.p_adjusted = comparison.p[cell];
    verdict.method = "paired unit bootstrap";
  }
  judge_slices(at, board, verdict);
  conclude(gate, verdict);
  fall_back(gate, at.minimize, verdict);
  return verdict;
}

void check_candidates(std::int64_t candidates, std::size_t names) {
  if (candidates != 2 || names != 2)
    throw SpecError("decide: expected the scores of champion and challenger, got " + std::to_string(candidates) +
                    " candidates");
}

}  // namespace

Verdict decide(const Execution& execution, const EvaluateInput& holdout, Task task, const std::string& metric,
               const GateSpec& gate, std::uint64_t seed) {
  check_candidates(holdout.candidates(), holdout.names.size());
  EvaluateOptions options;
  options.task = task;
  options.metrics = {metric};
  const auto leave_one_out = [&](std::int64_t s, const EvaluateOptions& point) {
    if (s == 0) return leave_one_unit_out(execution, holdout, point, metric);
    return leave_one_unit_out(execution, Subset(holdout, holdout.slices[s - 1].rows).input(), point, metric);
  };
  const auto all = [&](const EvaluateOptions& asked) { return evaluate(execution, holdout, asked); };
  return judge({holdout.names, all, leave_one_out}, options, metric_direction(metric), gate, seed);
}

Verdict decide(const Execution& execution, const ClassInput& holdout, const std::string& metric, const GateSpec& gate,
               std::uint64_t seed) {
  check_candidates(holdout.candidates(), holdout.names.size());
  EvaluateOptions options;
  options.task = Task::multiclass;
  options.metrics = {metric};
  const auto leave_one_out = [&](std::int64_t s, const EvaluateOptions& point) {
    if (s > 0) return leave_one_unit_out(execution, holdout, point, metric, holdout.slices[s - 1].rows);
    std::vector<std::int64_t> rows(static_cast<std::size_t>(holdout.rows()));
    std::iota(rows.begin(), rows.end(), 0);
    return leave_one_unit_out(execution, holdout, point, metric, rows);
  };
  const auto all = [&](const EvaluateOptions& asked) { return evaluate_classes(execution, holdout, asked); };
  return judge({holdout.names, all, leave_one_out}, options, class_metric_direction(metric), gate, seed);
}

}  // namespace bakeoff

#include "monitor/monitor.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/error.h"
#include "evaluate/evaluate.h"
#include "evaluate/jackknife.h"

namespace bakeoff {
namespace {

constexpr int kResamples = 1000;
constexpr std::int64_t kFewUnits = 50;  // as the gate: the t interval covers where the bootstrap does not

struct Question {
  const Execution& execution;
  const ServedLog& log;
  const MonitorSpec& spec;
  EvaluateOptions options;
  bool minimize;
};

// The metric with its interval on the given rows.
void measure(const Question& ask, const std::vector<std::int64_t>& rows, MonitoredWindow& window) {
  EvaluateInput input;
  input.scores = kernels::matrix_view(ask.log.scores.data(), 1, static_cast<Index>(ask.log.scores.size()));
  input.labels = ask.log.labels.data();
  if (!ask.log.units.empty()) input.units = ask.log.units.data();
  const Subset subset(input, rows);
  const bool few = count_units(subset.input()) < kFewUnits;
  EvaluateOptions options = ask.options;
  options.resamples = few ? 0 : kResamples;
  const Scoreboard board = evaluate(ask.execution, subset.input(), options);
  const Cell& cell = board.cell(0, 0, 0);
  window.metric = {cell.value, cell.low, cell.high};
  window.rows = board.count[0];
  window.units = board.units[0];
  if (few) {
    const LeaveOneOut left = leave_one_unit_out(ask.execution, subset.input(), options, ask.spec.metric);
    window.metric = jackknife(cell.value, left.values[0], ask.spec.trigger.confidence).interval;
  }
}

bool declined(const Question& ask, const Interval& metric, double reference) {
  // NaN compares false: an undefined metric triggers nothing.
  return ask.minimize ? metric.low > reference + ask.spec.trigger.drop
                      : metric.high < reference - ask.spec.trigger.drop;
}

std::string describe(const Question& ask, const TriggerDecision& decision) {
  const MonitoredWindow& w = decision.windows.back();
  char buffer[256];
  std::snprintf(buffer, sizeof buffer, "%s %.4f [%.4f, %.4f] over %lld rows against the reference %.4f (drop %.4g): %s",
                ask.spec.metric.c_str(), w.metric.value, w.metric.low, w.metric.high, static_cast<long long>(w.rows),
                decision.reference, ask.spec.trigger.drop, w.declined ? "declined" : "not shown to have declined");
  return buffer;
}

}  // namespace

TriggerDecision monitor(const Execution& execution, const ServedLog& log, Task task, const MonitorSpec& spec,
                        double reference, Micros at, Micros label_delay, std::optional<Micros> since,
                        std::optional<Micros> last_decision, std::uint64_t seed) {
  Question ask{execution, log, spec, {}, metric_direction(spec.metric) == Direction::minimize};
  ask.options.task = task;
  ask.options.metrics = {spec.metric};
  ask.options.confidence = spec.trigger.confidence;
  ask.options.seed = seed;
  TriggerDecision decision;
  decision.metric = spec.metric;
  decision.reference = reference;
  const Micros end = at - label_delay;
  for (int w = std::max(1, spec.trigger.patience); w-- > 0;) {
    MonitoredWindow window;
    window.end = end - w * spec.window;
    window.begin = window.end - spec.window;
    if (since && window.begin < *since) continue;
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < log.times.size(); ++i)
      if (log.times[i] >= window.begin && log.times[i] < window.end) rows.push_back(static_cast<std::int64_t>(i));
    if (rows.empty()) continue;
    measure(ask, rows, window);
    window.declined = declined(ask, window.metric, reference);
    decision.declined_in_a_row = window.declined ? decision.declined_in_a_row + 1 : 0;
    decision.windows.push_back(window);
  }
  if (decision.windows.empty()) {
    decision.reason = "no whole window of labelled predictions of this champion before " + format_time(end);
    return decision;
  }
  decision.reason = describe(ask, decision);
  if (decision.declined_in_a_row < spec.trigger.patience) {
    if (decision.declined_in_a_row > 0)
      decision.reason += "; " + std::to_string(decision.declined_in_a_row) + " of " +
                         std::to_string(spec.trigger.patience) + " windows in a row";
  } else {
    trigger(decision, spec.trigger, at, last_decision);
  }
  return decision;
}

void trigger(TriggerDecision& decision, const TriggerSpec& spec, Micros at, std::optional<Micros> last_decision) {
  decision.triggered = !last_decision || at - *last_decision >= spec.cooldown;
  if (!decision.triggered)
    decision.reason += "; within the cooldown after the decision of " + format_time(*last_decision);
}

}  // namespace bakeoff

// Metric per window with its interval against the champion's reference, and the trigger decision.
#pragma once
#include <optional>
#include <vector>

#include "core/execution.h"
#include "monitor/trigger.h"
#include "spec/spec.h"

namespace bakeoff {

// What was served: one entry a prediction whose label is known at the time of asking.
struct ServedLog {
  std::vector<Micros> times;
  std::vector<double> scores, labels;
  std::vector<std::int64_t> units;  // empty: rows
};

// Windows of `monitor.window` end at `at - label_delay`, one before the other, as many as `patience` asks for and the
// log covers; one that begins before `since`, when the champion took over, is left out: it would judge two models at
// once. A window has declined if the whole interval of metric - reference lies beyond `drop` on the bad side.
// Triggered: the newest `patience` windows have declined and the last decision is at least `cooldown` ago.
TriggerDecision monitor(const Execution& execution, const ServedLog& log, Task task, const MonitorSpec& spec,
                        double reference, Micros at, Micros label_delay, std::optional<Micros> since,
                        std::optional<Micros> last_decision, std::uint64_t seed);

// Triggers, unless the last decision is less than `cooldown` ago: the reason says which.
void trigger(TriggerDecision& decision, const TriggerSpec& spec, Micros at, std::optional<Micros> last_decision);

}  // namespace bakeoff

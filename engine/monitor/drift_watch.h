// Drift as a trigger: two periods of what was served, column by column.
#pragma once
#include <optional>
#include <vector>

#include "core/execution.h"
#include "drift/unit_tails.h"
#include "monitor/trigger.h"
#include "spec/spec.h"

namespace bakeoff {

// The rows of the two periods in one table: the log has one, the source of the features may be another.
struct PeriodPair {
  TableView reference, current;
  DriftUnits units;  // none: rows are independent
};

// The reference is the first window of the champion: it begins at `since`. The current one is the newest, which ends at
// `at`: drift needs no labels, so it waits for none. Without a report, and with the reason, while they would overlap.
DriftWatch drift_periods(const MonitorSpec& spec, Micros since, Micros at);

// Fills in the report: all columns of all pairs, adjusted together. A pair without rows on a side leaves the watch
// without a report.
void watch_drift(const Execution& execution, const std::vector<PeriodPair>& pairs, const DriftTriggerSpec& spec,
                 std::uint64_t seed, DriftWatch& watch);

// Drift triggers as a metric does, unless the cooldown holds. Needs no patience: a window is enough.
void add_drift(TriggerDecision& decision, DriftWatch watch, const TriggerSpec& spec, Micros at,
               std::optional<Micros> last_decision);

}  // namespace bakeoff

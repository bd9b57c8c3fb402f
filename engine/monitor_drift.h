// Reads what the drift trigger compares.
#pragma once
#include <optional>

#include "core/execution.h"
#include "monitor/trigger.h"
#include "spec/spec.h"

namespace bakeoff {

// The served scores are read from the prediction log; so are the features if it has all of them, and else from
// data.source, by the same periods. Features that are parts of a time are left out: times always move on. The champion
// serves from `since` on; if that isn't known, from the log's first row on.
DriftWatch served_drift(const Execution& execution, const Spec& spec, std::optional<Micros> since, Micros at);

}  // namespace bakeoff

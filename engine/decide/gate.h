// The gate: the challenger chosen on select meets the champion on the holdout, once.
#pragma once
#include "core/execution.h"
#include "decide/verdict.h"
#include "evaluate/class_evaluate.h"
#include "evaluate/evaluate.h"
#include "spec/spec.h"

namespace bakeoff {

// input.scores has two rows: champion, challenger (names likewise); labels, units, slices are the holdout's. Paired
// bootstrap of the difference by unit; below 50 units the delete-one-unit jackknife with t(G - 1); below 10:
// inconclusive. CONTRACT.md "Time, and the gate" says when which verdict is given. NaN never passes.
Verdict decide(const Execution& execution, const EvaluateInput& holdout, Task task, const std::string& metric,
               const GateSpec& gate, std::uint64_t seed);

// The same for a metric of many classes; input.scores is 2 x N x C.
Verdict decide(const Execution& execution, const ClassInput& holdout, const std::string& metric, const GateSpec& gate,
               std::uint64_t seed);

inline constexpr int kFewUnits = 50, kTooFewUnits = 10;

}  // namespace bakeoff

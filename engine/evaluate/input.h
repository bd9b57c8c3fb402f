// Checks of what is evaluated; evaluate.h declares the input itself.
#pragma once
#include <vector>

#include "evaluate/evaluate.h"
#include "evaluate/metric_plan.h"
#include "kernels/metrics/value_range.h"

namespace bakeoff {

// What the check of the values saw.
struct InputRanges {
  kernels::ValueRange labels;
  std::vector<kernels::ValueRange> scores;  // one a candidate
};

// DataError that names candidate and first row of a value that is no finite number, a label that does not fit the task,
// or a weight below 0.
InputRanges check_input(const Execution& execution, const EvaluateInput& input, Task task);

// DataError that names candidate and first row of a value that a metric of the plan is not defined for: log_loss of
// what is no probability, poisson_deviance of a negative label.
void check_domains(const Execution& execution, const EvaluateInput& input, const InputRanges& ranges,
                   const MetricPlan& plan);

// The rows where label, weight and every score are finite, ascending.
std::vector<std::int64_t> finite_rows(const EvaluateInput& input);

}  // namespace bakeoff

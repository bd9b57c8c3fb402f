// One slice: M candidates on one set of rows, all resamples, of the metrics that are not evaluated in one pass.
#pragma once
#include <vector>

#include "evaluate/evaluate.h"
#include "evaluate/metric_plan.h"

namespace bakeoff {

struct RowSetResult {
  std::vector<kernels::MetricValue> values;  // M x K
  std::vector<double> replicates;            // B x M x K, NaN where invalid
};

// `input` has no slices and was checked; of the plan curves, maxima and calibrations.
RowSetResult evaluate_rows(const Execution& execution, const EvaluateInput& input, const MetricPlan& plan,
                           const EvaluateOptions& options);

}  // namespace bakeoff

// One slice: M candidates on one set of rows, all metrics, all resamples.
#pragma once
#include <vector>

#include "evaluate/evaluate.h"
#include "evaluate/unit_index.h"
#include "kernels/metrics/catalog.h"

namespace bakeoff {

struct MetricPlan {
  std::vector<const kernels::Metric*> metrics;
  kernels::TermSet terms;  // of all point metrics, and the weight
  bool any_sums = false, any_ordered = false;
};

struct RowSetResult {
  std::vector<kernels::MetricValue> values;  // M x K
  std::vector<double> replicates;            // B x M x K, NaN where invalid
  std::int64_t rows = 0, positives = 0, units = 0;
};

// `input` has no slices and was checked.
RowSetResult evaluate_rows(const Execution& execution, const EvaluateInput& input, const MetricPlan& plan,
                           const EvaluateOptions& options);

}  // namespace bakeoff

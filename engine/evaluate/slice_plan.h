// The metrics whose slices are evaluated together, in one pass over the rows.
#pragma once
#include <vector>

#include "evaluate/metric_plan.h"

namespace bakeoff {

struct SlicePlan {
  // By place among all metrics: point metrics of the labels' own pass and roc_auc; null: evaluated slice by slice.
  std::vector<const kernels::Metric*> metrics;
  std::vector<double> parameters;
  kernels::TermSet terms;  // of the point metrics
  double power = 0;        // of tweedie_deviance
  bool any_sums = false, any_auc = false;

  explicit SlicePlan(const MetricPlan& plan);
  bool is_sums(std::size_t k) const { return metrics[k] && metrics[k]->kind == kernels::MetricKind::sums; }
  bool is_auc(std::size_t k) const { return metrics[k] && metrics[k]->kind == kernels::MetricKind::area; }
  // Point metric k.
  kernels::MetricValue finish(std::size_t k, const kernels::TermSums& sums, kernels::MetricContext context) const {
    context.parameter = parameters[k];
    return kernels::finish(*metrics[k], sums, context);
  }
};

}  // namespace bakeoff

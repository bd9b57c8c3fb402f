#include "evaluate/slice_plan.h"

namespace bakeoff {
namespace {

using kernels::Term;

// The centre of the errors is a candidate's; the kernels of slices have one context a slice.
bool centres_errors(const kernels::Metric& metric) {
  return metric.terms.has(Term::error) || metric.terms.has(Term::error_squared);
}

}  // namespace

SlicePlan::SlicePlan(const MetricPlan& plan) : metrics(plan.uses.size(), nullptr), terms(Term::weight) {
  for (const MetricUse& use : plan.uses) parameters.push_back(use.parameter);
  for (const std::size_t place : plan.areas)
    if (plan.uses[place].metric == &kernels::kRocAuc) {
      metrics[place] = plan.uses[place].metric;
      any_auc = true;
    }
  const MetricPass* of_labels = nullptr;
  for (const MetricPass& pass : plan.passes)
    if (!of_labels && pass.column.empty()) of_labels = &pass;
  if (!of_labels) return;
  power = of_labels->power;
  for (const std::size_t place : of_labels->uses) {
    const kernels::Metric& metric = *plan.uses[place].metric;
    if (centres_errors(metric)) continue;
    metrics[place] = &metric;
    terms = terms | metric.terms;
    any_sums = true;
  }
}

}  // namespace bakeoff

// From names to metrics: NAME, NAME@PARAMETER, NAME:COLUMN.
#pragma once
#include <string>
#include <vector>

#include "evaluate/evaluate.h"
#include "kernels/metrics/catalog.h"
#include "kernels/ranking/curve.h"

namespace bakeoff {

// A metric as it is asked for.
struct MetricUse {
  const kernels::Metric* metric = nullptr;
  double parameter = 0;
  std::string column;  // of metrics of_column
  std::string name;    // as the report shows it

  kernels::Domain domain() const { return metric->domain ? metric->domain(parameter) : kernels::Domain{}; }
  kernels::CurveQuery curve() const { return {metric->curve, parameter}; }
};

// Point metrics that one pass over the rows serves: they share what terms depend on besides score and label.
struct MetricPass {
  kernels::TermSet terms;
  double power = 0;               // of tweedie_deviance
  std::string column;             // takes the labels' place
  std::vector<std::size_t> uses;  // places in MetricPlan::uses
};

struct MetricPlan {
  std::vector<MetricUse> uses;
  std::vector<MetricPass> passes;                                // of kind sums
  std::vector<std::size_t> areas, curves, maxima, calibrations;  // places of the other kinds

  bool is_sums(std::size_t k) const { return uses[k].metric->kind == kernels::MetricKind::sums; }
  bool is_area(std::size_t k) const { return uses[k].metric->kind == kernels::MetricKind::area; }
  // All slices are evaluated in one pass; of the other kinds each slice on its own.
  bool in_one_pass(std::size_t k) const { return is_sums(k) || is_area(k); }
  // Metric k from sums, or from the AUC.
  kernels::MetricValue finish(std::size_t k, const kernels::TermSums& sums, kernels::MetricContext context) const {
    context.parameter = uses[k].parameter;
    return kernels::finish(*uses[k].metric, sums, context);
  }
  double from_auc(std::size_t k, double auc) const { return uses[k].metric->scale * auc + uses[k].metric->offset; }
};

// SpecError for names that are unknown (the nearest is named), twice there, or of another task, and for parameters out
// of range. `columns`: names of the value columns there are.
MetricUse find_metric(const std::string& name, Task task, const std::vector<std::string>& columns = {});
MetricPlan make_plan(const std::vector<std::string>& metrics, Task task, const std::vector<std::string>& columns = {});
// Without names: the usual metrics, or none where there are custom ones.
MetricPlan make_plan(const EvaluateOptions& options, const std::vector<std::string>& columns = {});

}  // namespace bakeoff

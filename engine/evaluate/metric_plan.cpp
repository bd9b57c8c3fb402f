#include "evaluate/metric_plan.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/metric_name.h"

namespace bakeoff {
namespace {

using kernels::Metric;
using kernels::MetricKind;

// What is known, as people write it: parameters at their presets.
std::vector<std::string> suggestions(Task task, const std::vector<std::string>& columns) {
  std::vector<std::string> names = known_metrics(task);
  for (const Metric* metric : kernels::kMetrics)
    for (const std::string& column : columns)
      if (metric->of_column) names.push_back(metric->name + (":" + column));
  return names;
}

MetricPass& pass_for(MetricPlan& plan, const MetricUse& use) {
  const auto tweedie = [](kernels::TermSet terms) { return terms.has(kernels::Term::tweedie_deviance); };
  const bool needs_power = tweedie(use.metric->terms);
  auto found = std::find_if(plan.passes.begin(), plan.passes.end(), [&](const MetricPass& pass) {
    return pass.column == use.column && (!needs_power || !tweedie(pass.terms) || pass.power == use.parameter);
  });
  if (found == plan.passes.end()) {
    plan.passes.push_back({kernels::TermSet(kernels::Term::weight), 0, use.column, {}});
    found = plan.passes.end() - 1;
  }
  if (needs_power) found->power = use.parameter;
  found->terms = found->terms | use.metric->terms;
  return *found;
}

}  // namespace

std::vector<std::string> known_metrics(Task task) {
  std::vector<std::string> names;
  for (const Metric* metric : kernels::kMetrics)
    if (metric->task == task && !metric->of_column) names.emplace_back(metric->name);
  return names;
}

std::vector<std::string> default_metrics(Task task) {
  if (task == Task::binary) return {"roc_auc", "log_loss", "brier", "accuracy"};
  return {"r2", "rmse", "mae"};
}

MetricUse find_metric(const std::string& text, Task task, const std::vector<std::string>& columns) {
  const MetricName name(text);
  const Metric* metric = kernels::find_metric(name.base);
  if (!metric || (!metric->of_column && metric->task != task))
    name.fail_unknown("task " + std::string(task_name(task)), suggestions(task, columns));
  MetricUse use{metric, metric->parameter.preset, name.column.value_or(""), text};
  if (metric->of_column) {
    if (!name.column) name.fail("expected " + name.base + ":COLUMN, the column whose " + name.base + " is meant");
    if (std::find(columns.begin(), columns.end(), use.column) == columns.end())
      name.fail("there is no value column '" + printable(use.column) + "'" + hint(use.column, columns) +
                "; values={\"" + printable(use.column) + "\": ...} brings one");
    return use;
  }
  name.refuse_column();
  const kernels::MetricParameter& parameter = metric->parameter;
  if (!parameter.name) name.refuse_parameter();
  if (name.parameter)
    use.parameter = name.number(std::string(parameter.name) + " in " + parameter.range, parameter.allows);
  return use;
}

Direction metric_direction(const std::string& text) {
  const MetricName name(text);
  const Metric* metric = kernels::find_metric(name.base);
  if (!metric) {
    std::vector<std::string> known = known_metrics(Task::binary);
    for (std::string& more : known_metrics(Task::regression)) known.push_back(std::move(more));
    name.fail_unknown("task binary or regression", known);
  }
  if (metric->direction == Direction::neither)
    throw SpecError("metric: more of '" + printable(text) +
                    "' is not better or worse; it can be reported, but it can't be what candidates compete for");
  return metric->direction;
}

MetricPlan make_plan(const std::vector<std::string>& metrics, Task task, const std::vector<std::string>& columns) {
  MetricPlan plan;
  for (const std::string& name : metrics.empty() ? default_metrics(task) : metrics) {
    MetricUse use = find_metric(name, task, columns);
    for (const MetricUse& other : plan.uses)
      if (other.metric == use.metric && other.parameter == use.parameter && other.column == use.column)
        MetricName(name).fail_twice(other.name);
    const std::size_t place = plan.uses.size();
    if (use.metric->kind == MetricKind::sums) pass_for(plan, use).uses.push_back(place);
    if (use.metric->kind == MetricKind::area) plan.areas.push_back(place);
    if (use.metric->kind == MetricKind::curve) plan.curves.push_back(place);
    if (use.metric->kind == MetricKind::maximum) plan.maxima.push_back(place);
    if (use.metric->kind == MetricKind::calibration) plan.calibrations.push_back(place);
    plan.uses.push_back(std::move(use));
  }
  return plan;
}

MetricPlan make_plan(const EvaluateOptions& options, const std::vector<std::string>& columns) {
  if (options.metrics.empty() && !options.custom.empty()) return {};
  return make_plan(options.metrics, options.task, columns);
}

}  // namespace bakeoff

#include "evaluate/metric_plan.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/text.h"

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

double parse_parameter(const Metric& metric, const std::string& name, const std::string& text) {
  const kernels::MetricParameter& parameter = metric.parameter;
  if (!parameter.name)
    throw SpecError("metrics: '" + printable(name) + "': " + metric.name + " takes no parameter; leave out the @");
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !parameter.allows(value))
    throw SpecError("metrics: '" + printable(name) + "': expected " + parameter.name + " in " + parameter.range +
                    " behind the @, got '" + printable(text) + "'");
  return value;
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

MetricUse find_metric(const std::string& name, Task task, const std::vector<std::string>& columns) {
  const std::size_t at = name.find('@'), colon = name.find(':');
  const std::string base = name.substr(0, std::min(at, colon));
  const Metric* metric = kernels::find_metric(base);
  if (!metric || (!metric->of_column && metric->task != task))
    throw SpecError("metrics: '" + printable(name) + "' is not a metric of task " + task_name(task) +
                    hint(base, suggestions(task, columns)));
  MetricUse use{metric, metric->parameter.preset, "", name};
  if (colon != std::string::npos) use.column = name.substr(colon + 1);
  if (metric->of_column != (colon != std::string::npos))
    throw SpecError("metrics: '" + printable(name) + "': expected " + base +
                    (metric->of_column ? ":COLUMN, the column whose " + base + " is meant" : " without a column"));
  if (metric->of_column && std::find(columns.begin(), columns.end(), use.column) == columns.end())
    throw SpecError("metrics: '" + printable(name) + "': there is no value column '" + printable(use.column) + "'" +
                    hint(use.column, columns) + "; values={\"" + printable(use.column) + "\": ...} brings one");
  if (at != std::string::npos && !metric->of_column)
    use.parameter = parse_parameter(*metric, name, name.substr(at + 1));
  return use;
}

Direction metric_direction(const std::string& name) {
  const Metric* metric = kernels::find_metric(name.substr(0, name.find_first_of("@:")));
  if (!metric)
    throw SpecError("metric: there is no '" + printable(name) + "'" + hint(name, known_metrics(Task::binary)));
  if (metric->direction == Direction::neither)
    throw SpecError("metric: more of '" + printable(name) +
                    "' is not better or worse; it can be reported, but it can't be what candidates compete for");
  return metric->direction;
}

MetricPlan make_plan(const std::vector<std::string>& metrics, Task task, const std::vector<std::string>& columns) {
  MetricPlan plan;
  for (const std::string& name : metrics.empty() ? default_metrics(task) : metrics) {
    MetricUse use = find_metric(name, task, columns);
    for (const MetricUse& other : plan.uses)
      if (other.metric == use.metric && other.parameter == use.parameter && other.column == use.column)
        throw SpecError("metrics: '" + printable(name) + "' is named twice" +
                        (other.name == name ? "" : ", first as '" + printable(other.name) + "'"));
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

}  // namespace bakeoff

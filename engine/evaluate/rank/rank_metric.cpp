#include "evaluate/rank/rank_metric.h"

#include "core/error.h"
#include "evaluate/metric_name.h"
#include "kernels/queries/metrics/catalog.h"
#include "kernels/queries/query_values.h"

namespace bakeoff {
namespace {

using kernels::CutRule;
using kernels::QueryMetrics;
using Kind = RankMetric::Kind;

RankMetric parse(const std::string& text) {
  const MetricName name(text);
  RankMetric metric{text, Kind::ranks, {}};
  if (name.base == "coverage") metric.kind = Kind::coverage;
  if (name.base == "diversity") metric.kind = Kind::diversity;
  const bool lists = metric.kind != Kind::ranks;
  if (!lists) metric.call.metric = kernels::find_query_metric(name.base);
  if (!lists && metric.call.metric < 0) name.fail_unknown("rankings", known_rank_metrics());
  name.refuse_column();
  const CutRule rule = lists ? CutRule::required : QueryMetrics::kTraits[metric.call.metric].cut;
  if (rule == CutRule::none) name.refuse_parameter();
  if (!name.parameter && rule == CutRule::required) name.fail("expected a cut behind an @, as in " + name.base + "@10");
  if (!name.parameter) return metric;
  metric.call.cut = static_cast<kernels::Index>(
      name.number("a cut, a whole number above 0, as in " + name.base + "@10,", is_positive_integer));
  if (lists && metric.call.cut > kernels::kMaxSelected)
    name.fail("expected a list of at most " + std::to_string(kernels::kMaxSelected));
  return metric;
}

}  // namespace

kernels::QueryNeeds RankMetric::needs() const {
  return kind == Kind::ranks ? QueryMetrics::kTraits[call.metric].needs : kernels::QueryNeeds::documents;
}

bool RankMetric::exponential() const {
  return kind == Kind::ranks && QueryMetrics::kTraits[call.metric].gain == kernels::Gain::exponential;
}

std::vector<std::string> known_rank_metrics() {
  std::vector<std::string> names;
  for (const kernels::QueryMetricTraits& traits : QueryMetrics::kTraits) {
    if (traits.cut != CutRule::required) names.emplace_back(traits.name);
    if (traits.cut != CutRule::none) names.push_back(std::string(traits.name) + "@10");
  }
  names.insert(names.end(), {"coverage@10", "diversity@10"});
  return names;
}

std::vector<RankMetric> parse_rank_metrics(const std::vector<std::string>& names) {
  std::vector<RankMetric> metrics;
  for (const std::string& name : names) {
    metrics.push_back(parse(name));
    const RankMetric& added = metrics.back();
    for (std::size_t i = 0; i + 1 < metrics.size(); ++i)
      if (metrics[i].kind == added.kind && metrics[i].call.metric == added.call.metric &&
          metrics[i].call.cut == added.call.cut)
        MetricName(name).fail_twice(metrics[i].name);
  }
  if (metrics.empty() || metrics.size() > kernels::kMaxQueryMetrics)
    throw SpecError("metrics: expected 1 to " + std::to_string(kernels::kMaxQueryMetrics) + " ranking metrics, got " +
                    std::to_string(metrics.size()));
  return metrics;
}

}  // namespace bakeoff

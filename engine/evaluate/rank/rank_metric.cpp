#include "evaluate/rank/rank_metric.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/text.h"
#include "kernels/queries/metrics/catalog.h"
#include "kernels/queries/query_values.h"

namespace bakeoff {
namespace {

using kernels::CutRule;
using kernels::QueryMetrics;
using Kind = RankMetric::Kind;

RankMetric find(const std::string& name, const std::string& base) {
  RankMetric metric{name, Kind::ranks, {}};
  if (base == "coverage" || base == "diversity") {
    metric.kind = base == "coverage" ? Kind::coverage : Kind::diversity;
    return metric;
  }
  metric.call.metric = kernels::find_query_metric(base);
  if (metric.call.metric < 0)
    throw SpecError("metrics: '" + printable(name) + "' is not a ranking metric" + hint(name, known_rank_metrics()));
  return metric;
}

kernels::Index parse_cut(const std::string& name, std::size_t at) {
  kernels::Index cut = 0;
  const char *const first = name.data() + at + 1, *const last = name.data() + name.size();
  const auto [end, error] = std::from_chars(first, last, cut);
  if (error != std::errc() || end != last || cut < 1 || cut >= kernels::kNoCut)
    throw SpecError("metrics: '" + printable(name) + "': expected a whole number above 0 after the @, as in " +
                    name.substr(0, at) + "@10");
  return cut;
}

RankMetric parse(const std::string& name) {
  const std::size_t at = name.find('@');
  const std::string base = name.substr(0, at);
  RankMetric metric = find(name, base);
  const bool lists = metric.kind != Kind::ranks;
  const CutRule rule = lists ? CutRule::required : QueryMetrics::kTraits[metric.call.metric].cut;
  if (at == std::string::npos) {
    if (rule == CutRule::required) throw SpecError("metrics: '" + name + "': expected a cut, as in " + base + "@10");
    return metric;
  }
  if (rule == CutRule::none)
    throw SpecError("metrics: '" + printable(name) + "': " + base + " takes no cut; leave out what follows the name");
  metric.call.cut = parse_cut(name, at);
  if (lists && metric.call.cut > kernels::kMaxSelected)
    throw SpecError("metrics: '" + name + "': expected a list of at most " + std::to_string(kernels::kMaxSelected));
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
    if (std::any_of(metrics.begin(), metrics.end(), [&](const RankMetric& m) { return m.name == name; }))
      throw SpecError("metrics: '" + name + "' is named twice");
    metrics.push_back(parse(name));
  }
  if (metrics.empty() || metrics.size() > kernels::kMaxQueryMetrics)
    throw SpecError("metrics: expected 1 to " + std::to_string(kernels::kMaxQueryMetrics) + " ranking metrics, got " +
                    std::to_string(metrics.size()));
  return metrics;
}

}  // namespace bakeoff

#include "evaluate/rank/rank_metric.h"

#include <charconv>

#include "core/error.h"
#include "core/text.h"
#include "kernels/queries/metrics/catalog.h"

namespace bakeoff {

std::vector<std::string> known_rank_metrics() {
  std::vector<std::string> names;
  for (const kernels::QueryMetricTraits& traits : kernels::QueryMetrics::kTraits) {
    if (traits.cut != kernels::CutRule::required) names.emplace_back(traits.name);
    if (traits.cut != kernels::CutRule::none) names.push_back(std::string(traits.name) + "@10");
  }
  return names;
}

kernels::QueryMetricCall parse_rank_metric(const std::string& name) {
  const std::size_t at = name.find('@');
  const std::string base = name.substr(0, at);
  kernels::QueryMetricCall call;
  call.metric = kernels::find_query_metric(base);
  if (call.metric < 0)
    throw SpecError("metrics: '" + printable(name) + "' is not a ranking metric" + hint(name, known_rank_metrics()));
  const kernels::CutRule rule = kernels::QueryMetrics::kTraits[call.metric].cut;
  if (at == std::string::npos) {
    if (rule == kernels::CutRule::required)
      throw SpecError("metrics: '" + name + "': expected a cut, as in " + base + "@10");
    return call;
  }
  if (rule == kernels::CutRule::none)
    throw SpecError("metrics: '" + printable(name) + "': " + base + " takes no cut; leave out what follows the name");
  const char *const first = name.data() + at + 1, *const last = name.data() + name.size();
  const auto [end, error] = std::from_chars(first, last, call.cut);
  if (error != std::errc() || end != last || call.cut < 1 || call.cut >= kernels::kNoCut)
    throw SpecError("metrics: '" + printable(name) + "': expected a whole number above 0 after the @, as in " + base +
                    "@10");
  return call;
}

}  // namespace bakeoff

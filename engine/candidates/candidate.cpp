#include "candidates/candidate.h"

#include <algorithm>

#include "candidates/strategy/strategy.h"
#include "core/error.h"
#include "core/text.h"

namespace bakeoff {

std::string Candidate::label() const {
  std::string out = family;
  for (const auto& [name, value] : parameters) out += " " + name + "=" + shortest(value);
  out += " window=" + (window == CandidatesSpec::kAllHistory ? std::string("all") : format_period(window));
  return out + " features=" + (feature_set.empty() ? "all" : feature_set);
}

std::unique_ptr<SearchStrategy> make_strategy(const CandidatesSpec& spec, StrategyOptions options) {
  if (spec.families.empty() || spec.count < 1)
    throw SpecError("candidates: expected at least one family and count >= 1, got " +
                    std::to_string(spec.families.size()) + " and " + std::to_string(spec.count));
  if (!(spec.eta >= 2 && spec.eta <= 100)) throw SpecError("eta: expected 2 to 100, got " + shortest(spec.eta));
  options.count = spec.count;
  options.eta = spec.eta;
  const auto& catalog = strategy_catalog();
  const auto entry =
      std::find_if(catalog.begin(), catalog.end(), [&](const StrategyEntry& e) { return e.name == spec.strategy; });
  if (entry == catalog.end()) {
    std::vector<std::string> names;
    for (const StrategyEntry& known : catalog) names.push_back(known.name);
    throw SpecError("candidates.strategy: no strategy '" + printable(spec.strategy) + "'" + hint(spec.strategy, names));
  }
  const Space space(spec);
  const std::optional<std::uint64_t> size = space.size();
  const bool rungs = spec.strategy == "halving" || spec.strategy == "hyperband";
  if (spec.strategy == "grid" && !size)
    throw SpecError("candidates.strategy: grid needs lists of values, got a range; list the values or use sobol");
  if (spec.strategy == "grid" && *size > static_cast<std::uint64_t>(spec.count))
    throw SpecError("candidates.count: the grid has " + std::to_string(*size) + " combinations, got count " +
                    std::to_string(spec.count) + "; raise count, shorten the lists, or use strategy sobol");
  const bool all = size && *size <= static_cast<std::uint64_t>(spec.count);
  if (all && rungs) options.count = static_cast<int>(*size);
  if (all && !rungs) return make_grid(space, options);
  return entry->make(space, options);
}

CandidateSet make_candidates(const CandidatesSpec& spec, std::uint64_t seed) {
  return make_strategy(spec, {.seed = seed})->ask(spec.count);
}

}  // namespace bakeoff

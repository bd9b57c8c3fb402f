#include <algorithm>
#include <cmath>

#include "candidates/strategy/brackets.h"

namespace bakeoff {

// Hyperband (Li et al.: JMLR 18, 2018): brackets from the most halvings, s_max, down to none, so that what only shows
// on all units is found, too. Bracket s begins with (s_max + 1) / (s + 1) eta^s candidates, scaled so that all brackets
// together begin with `count`.
std::unique_ptr<SearchStrategy> make_hyperband(const Space& space, const StrategyOptions& options) {
  const int most = Brackets::most_halvings(options.count, options.eta, options.least_fraction);
  std::vector<double> sizes;
  double all = 0;
  for (int s = most; s >= 0; --s) {
    sizes.push_back(std::pow(options.eta, s) * (most + 1) / (s + 1));
    all += sizes.back();
  }
  std::vector<Brackets::Shape> shapes;
  int left = options.count;
  for (int s = most; s >= 0 && left > 0; --s) {
    const double share = options.count * sizes[static_cast<std::size_t>(most - s)] / all;
    const int candidates = s == 0 ? left : std::clamp(static_cast<int>(std::lround(share)), 1, left);
    shapes.push_back({candidates, s});
    left -= candidates;
  }
  return std::make_unique<Brackets>(make_sobol(space, options), std::move(shapes), options.eta);
}

}  // namespace bakeoff

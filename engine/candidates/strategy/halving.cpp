#include "candidates/strategy/brackets.h"

namespace bakeoff {

// Synchronous successive halving (Jamieson and Talwalkar: Non-stochastic best arm identification; AISTATS 2016), with
// as many rungs as candidates and units allow, over scrambled Sobol points.
std::unique_ptr<SearchStrategy> make_halving(const Space& space, const StrategyOptions& options) {
  const int halvings = Brackets::most_halvings(options.count, options.eta, options.least_fraction);
  return std::make_unique<Brackets>(make_sobol(space, options), std::vector{Brackets::Shape{options.count, halvings}},
                                    options.eta);
}

}  // namespace bakeoff

#include "candidates/strategy/strategy.h"

namespace bakeoff {

const std::vector<StrategyEntry>& strategy_catalog() {
  static const std::vector<StrategyEntry> catalog = {
      {"grid", make_grid},       {"random", make_random},       {"sobol", make_sobol},
      {"halving", make_halving}, {"hyperband", make_hyperband},
  };
  return catalog;
}

}  // namespace bakeoff

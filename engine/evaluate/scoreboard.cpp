#include "evaluate/scoreboard.h"

namespace bakeoff {

const char* name(Reason reason) {
  switch (reason) {
    case Reason::ok:
      return "ok";
    case Reason::empty:
      return "empty";
    case Reason::no_weight:
      return "no_weight";
    case Reason::one_class:
      return "one_class";
    case Reason::constant_target:
      return "constant_target";
    case Reason::too_few_rows:
      return "too_few_rows";
    case Reason::zero_division:
      break;
  }
  return "zero_division";
}

const char* name(IntervalMethod method) {
  constexpr const char* kNames[] = {"none", "percentile", "basic", "bca", "bias_corrected", "wilson", "delong"};
  return kNames[static_cast<int>(method)];
}

}  // namespace bakeoff

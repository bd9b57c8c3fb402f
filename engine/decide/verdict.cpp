#include "decide/verdict.h"

namespace bakeoff {

const char* name(Outcome outcome) {
  switch (outcome) {
    case Outcome::promote:
      return "promote";
    case Outcome::keep:
      return "keep";
    case Outcome::inconclusive:
      return "inconclusive";
    case Outcome::fallback:
      return "fallback";
    case Outcome::none:
      break;
  }
  return "none";
}

}  // namespace bakeoff

// The decision of a bake-off and everything that it rests on (decision.json).
#pragma once
#include <string>
#include <vector>

#include "core/types.h"

namespace bakeoff {

enum class Outcome : std::uint8_t { promote, keep, inconclusive, fallback, none };
const char* name(Outcome outcome);

struct SliceVerdict {
  std::string name;
  std::int64_t rows = 0;
  Interval difference;  // challenger - champion, signed so that more is better; simultaneous (max-T) ends
  bool vetoes = false;
  std::string reason;
};

struct Verdict {
  Outcome outcome = Outcome::none;
  std::vector<std::string> reasons;
  std::string champion, challenger, metric;
  Interval champion_value, challenger_value;
  Interval difference;  // paired, on the holdout, by unit; more is better whatever the metric's direction
  double p_adjusted = kNaN;
  std::int64_t units = 0, rows = 0;
  std::string method;  // "paired unit bootstrap" | "delete-one-unit jackknife t"
  std::vector<SliceVerdict> slices;
};

}  // namespace bakeoff

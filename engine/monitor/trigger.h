// Did the champion decline? A metric over windows with its interval against the champion's reference.
#pragma once
#include <string>
#include <vector>

#include "core/types.h"

namespace bakeoff {

struct MonitoredWindow {
  Micros begin = 0, end = 0;  // rows with a label known at `at`
  Interval metric;
  std::int64_t rows = 0, units = 0;
  bool declined = false;  // the whole interval lies more than `drop` below the reference
};

struct TriggerDecision {
  bool triggered = false;
  std::string reason;  // in words, with the figures
  std::string metric;
  double reference = kNaN;  // the champion's value when it was chosen
  int declined_in_a_row = 0;
  std::vector<MonitoredWindow> windows;  // newest last
};

}  // namespace bakeoff

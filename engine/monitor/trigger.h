// Did the champion decline? A metric over windows with its interval against the champion's reference; and have the data
// drifted since?
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/types.h"
#include "drift/drift.h"

namespace bakeoff {

struct MonitoredWindow {
  Micros begin = 0, end = 0;  // rows with a label known at `at`
  Interval metric;
  std::int64_t rows = 0, units = 0;
  bool declined = false;  // the whole interval lies more than `drop` below the reference
};

// The newest window's features and scores against those of the first window that the champion served.
struct DriftWatch {
  struct Period {
    Micros begin = 0, end = 0;
    std::int64_t rows = 0;
  } reference, current;
  DriftReport report;                // without columns if it could not be judged
  std::vector<std::string> drifted;  // significant after adjustment, and by the least effect or more
  std::string reason;
};

struct TriggerDecision {
  bool triggered = false;
  std::string reason;  // in words, with the figures
  std::string metric;
  double reference = kNaN;  // the champion's value when it was chosen
  int declined_in_a_row = 0;
  std::vector<MonitoredWindow> windows;  // newest last
  std::optional<DriftWatch> drift;       // if the spec asks for it
};

}  // namespace bakeoff

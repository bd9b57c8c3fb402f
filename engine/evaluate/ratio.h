// Values in relation to a baseline's: revenue per recommendation as a multiple of the champion's.
#pragma once
#include <string>
#include <vector>

#include "evaluate/scoreboard.h"

namespace bakeoff {

// Arrays M x S x K like Scoreboard::cells. NaN where the baseline is 0 or either is undefined.
struct Ratios {
  std::vector<double> ratio;      // candidate / baseline
  std::vector<double> relative;   // (candidate - baseline) / |baseline|
  std::vector<double> low, high;  // of the ratio: two-sided percentile interval of the ratios of paired replicates
  std::vector<std::int64_t> valid_resamples;
};

// Without replicates the ends are NaN. SpecError if there is no candidate of that name.
Ratios ratio(const Scoreboard& board, const std::string& baseline);

}  // namespace bakeoff

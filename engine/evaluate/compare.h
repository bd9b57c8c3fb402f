// Differences to a baseline from shared replicates: every candidate saw the same resamples, so they are paired.
#pragma once
#include <string>
#include <vector>

#include "evaluate/scoreboard.h"

namespace bakeoff {

// All arrays M x S x K like Scoreboard::cells; the baseline's own cells are 0 with p = 1.
struct Comparison {
  std::vector<double> difference;  // candidate - baseline, as it is: not turned by the metric's direction
  std::vector<double> low, high;   // two-sided percentile interval at the scoreboard's confidence
  std::vector<double> p;           // two-sided, (1 + count) / (V + 1)
  std::vector<double> p_adjusted;  // max-T over all cells of the comparison
  std::vector<double> simultaneous_low, simultaneous_high;  // max-T ends at the same confidence
  std::int64_t valid_resamples = 0;                         // valid in every compared cell
};

// SpecError if the scoreboard has no replicates or no candidate of that name.
Comparison compare(const Scoreboard& board, const std::string& baseline);

}  // namespace bakeoff

// How far apart the slices of a scoreboard are.
#pragma once
#include <string>
#include <vector>

#include "evaluate/scoreboard.h"

namespace bakeoff {

// The largest difference and the smallest ratio between two slices, of each candidate and metric: arrays M x K.
// A maximum over slices is biased: with S slices that are equal in truth it still is about as large as the range of S
// estimates, and its percentile interval lies above 0. So a gap is a description; whether slices differ is for a test
// (compare, or a slice against the rest).
struct Gaps {
  std::vector<Interval> difference;           // largest value - smallest value
  std::vector<Interval> ratio;                // smallest value / largest value; NaN where the largest is 0
  std::vector<std::int64_t> lowest, highest;  // slices of the scoreboard; -1 where fewer than two have a value
  std::vector<std::int64_t> valid_resamples;  // in which every slice that has a value has one, too
};

// Over these slices of the board, those without a value left out. Intervals are percentiles of the replicates' gaps,
// each taken between the slices that are lowest and highest in that resample; NaN without resamples.
Gaps gaps(const Scoreboard& board, const std::vector<std::int64_t>& slices);

}  // namespace bakeoff

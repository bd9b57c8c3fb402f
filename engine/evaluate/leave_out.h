// Every metric with one group of rows left out at a time: the jackknife of many candidates and slices in one pass.
#pragma once
#include <vector>

#include "evaluate/slice_set.h"

namespace bakeoff {

// The group of each row, all units whole. Up to `most` units each is a group of its own; above that unit u (its rank
// among the ids) falls into group u % most: the grouped jackknife, whose variance and skewness agree in expectation.
struct Groups {
  std::vector<std::int32_t> of_row;
  std::int64_t count = 0;

  // The rows of a slice that are not in group g.
  std::vector<std::int64_t> others(const kernels::SliceRows& slice, std::int64_t g) const;
};
Groups make_groups(const UnitIndex& units, std::int64_t most);

// values[g * cells + c]: cell c of the scoreboard without group g; NaN where undefined or not in the set. Point metrics
// from the sums of the other groups, roc_auc from one pass over each ranking: area2 of all pairs, less those of the
// group's positives, less those of its negatives, plus those of both, which were taken away twice.
std::vector<double> leave_groups_out(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                                     const Groups& groups, const SliceSums& sums, const MetricPlan& plan,
                                     const Scoreboard& board);

}  // namespace bakeoff

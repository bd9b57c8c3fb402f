// Resampling with a fixed number of draws: the multinomial bootstrap, by stratum. Slower than the Poisson law, which
// draws each unit on its own and so can be cut into shards; this one can't.
#pragma once
#include <vector>

#include "evaluate/slice_set.h"
#include "kernels/philox.h"

namespace bakeoff {

// Below so many rows of a class the Poisson law is replaced by draws within each class: a resample then has as many
// rows of it as the data.
inline constexpr std::int64_t kFewOfClass = 30;

// Which stratum each unit belongs to: places[h] are the units of stratum h, ascending.
struct Strata {
  std::vector<std::vector<std::int64_t>> places;
};
// One stratum of all units, or those of input.strata. DataError where the rows of a unit lie in several.
Strata make_strata(const EvaluateInput& input, const UnitIndex& units);
// Units of one row each, by class.
Strata class_strata(const EvaluateInput& input, const UnitIndex& units);

// How often each unit is drawn in resamples [first, first + count), at most 64. The law: in resample b stratum h of n
// units is drawn n times; draw j takes its unit number floor(u n / 2^64), u being the 64 bits of half j % 2 (words 0
// and 1, or 2 and 3; low word first) of Philox4x32-10 with the seed as key and the counter (j / 2, h, b, 5). A unit's
// number is its rank among the ids of its stratum, so that the order of rows doesn't matter.
DrawnTile draw_tile(const Execution& execution, const Strata& strata, std::int64_t units, std::uint64_t seed,
                    std::int64_t first, std::int64_t count);

// Replicates of all metrics of the plan under that law, for the slices of the set.
void drawn_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const Strata& strata, const SliceSums& sums, const MetricPlan& plan,
                      const EvaluateOptions& options, Scoreboard& board);

}  // namespace bakeoff

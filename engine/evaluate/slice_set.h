// All slices of an input as the kernels of kernels/slices want them, evaluated together.
#pragma once
#include <vector>

#include "evaluate/row_set.h"
#include "evaluate/scoreboard.h"
#include "evaluate/slice_plan.h"
#include "evaluate/unit_index.h"
#include "kernels/slices/slice_rows.h"

namespace bakeoff {

class DeviceRows;

struct SliceSet {
  std::vector<std::int64_t> slice;        // which slice of the scoreboard each view is; 0 is "all"
  std::vector<kernels::SliceRows> views;  // into the input's lists and those below
  std::vector<std::vector<std::int64_t>> units;
  std::vector<std::vector<std::int32_t>> unit_of_row;
  const DeviceRows* device = nullptr;  // of the same input: its sums and rankings are made there

  std::int64_t count() const { return static_cast<std::int64_t>(views.size()); }
};

// The slices of `wanted` (of the scoreboard: 0 is "all", s is input.slices[s - 1]). Points into `input`.
SliceSet make_slice_set(const EvaluateInput& input, const UnitIndex& units, const std::vector<std::int64_t>& wanted,
                        const DeviceRows* device = nullptr);

// What finishes the point metrics: of slice i and candidate m at sums[i * M + m], with the context of the slice.
struct SliceSums {
  kernels::TermSet terms;
  std::vector<kernels::TermSums> sums;
  std::vector<kernels::MetricContext> contexts;
  std::vector<double> largest;  // S x columns of the largest |weight * term|
};

// Weights of resamples [first, first + count) that another law than Poisson's has drawn: counts[r * units + place].
struct DrawnTile {
  std::int64_t first = 0, count = 0;
  std::vector<std::uint8_t> counts;
};

// Values of the metrics that are finished from sums.
SliceSums point_values(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                       const SlicePlan& plan, const EvaluateOptions& options, Scoreboard& board);
// Their replicates under the Poisson law, and in the resamples of a tile that was drawn.
void point_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const SliceSums& sums, const SlicePlan& plan,
                      const EvaluateOptions& options, Scoreboard& board);
void point_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const SliceSums& sums, const SlicePlan& plan, const DrawnTile& drawn,
                      Scoreboard& board);

// The values of roc_auc and, with `resample`, its replicates under the Poisson law: the slices' are taken from one
// ranking of all rows, so each candidate is sorted once.
void auc_values(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                const SlicePlan& plan, const EvaluateOptions& options, bool resample, Scoreboard& board);

}  // namespace bakeoff

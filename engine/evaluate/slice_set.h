// All slices of an input as the kernels of kernels/slices want them, evaluated together.
#pragma once
#include <vector>

#include "evaluate/metric_plan.h"
#include "evaluate/scoreboard.h"
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

// Those of `wanted` (of the scoreboard: 0 is "all", s is slices[s - 1]). Points into `slices`.
SliceSet make_slice_set(const std::vector<Slice>& slices, const UnitIndex& units,
                        const std::vector<std::int64_t>& wanted, const DeviceRows* device = nullptr);

// What finishes the point metrics of one pass: of slice i and candidate m at sums[i * M + m], with the slice's context.
struct PassSums {
  const MetricPass* pass = nullptr;
  const double* labels = nullptr;  // or the value column in their place
  std::vector<kernels::TermSums> sums;
  std::vector<kernels::MetricContext> contexts;
  std::vector<double> error_shifts;  // S x M, which the contexts point to; or empty
  std::vector<double> largest;       // S x columns of the largest |weight * term|

  PassSums() = default;
  PassSums(PassSums&&) = default;
  PassSums(const PassSums&) = delete;
  std::vector<int> exponents() const;
};
using SliceSums = std::vector<PassSums>;  // one a pass of the plan

template <class T>
kernels::ScoredRows<T> scored_rows(const EvaluateInput& input, const kernels::TensorView<const T, 2>& scores,
                                   const PassSums& pass) {
  return {scores, kernels::vector_view(pass.labels, input.rows()),
          input.weights ? kernels::vector_view(input.weights, input.rows()) : kernels::TensorView<const double, 1>{}};
}

// Weights of resamples [first, first + count) that another law than Poisson's has drawn: counts[r * units + place].
struct DrawnTile {
  std::int64_t first = 0, count = 0;
  std::vector<std::uint8_t> counts;
};

// Values of the metrics that are finished from sums. Points into `plan`.
SliceSums point_values(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                       const MetricPlan& plan, const EvaluateOptions& options, Scoreboard& board);
// Their replicates under the Poisson law, and in the resamples of a tile that was drawn.
void point_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const SliceSums& sums, const MetricPlan& plan,
                      const EvaluateOptions& options, Scoreboard& board);
void point_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const SliceSums& sums, const MetricPlan& plan, const DrawnTile& drawn,
                      Scoreboard& board);

// The values of the areas and, with `resample`, its replicates under the Poisson law: the slices' are taken from one
// ranking of all rows, so each candidate is sorted once. draws_at_once: rows x rankings x resamples between two
// questions whether to stop, 0 for about a second; whatever it is, a resample's weights are the same.
void auc_values(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                const MetricPlan& plan, const EvaluateOptions& options, bool resample, Scoreboard& board,
                Index draws_at_once = 0);

}  // namespace bakeoff

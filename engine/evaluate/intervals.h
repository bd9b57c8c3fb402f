// The ends of every cell's interval.
#pragma once
#include <vector>

#include "evaluate/slice_set.h"

namespace bakeoff {

// Groups of the jackknife, which is also where BCa has its acceleration from: with more units, groups of units are left
// out.
inline constexpr std::int64_t kJackknifeGroups = 200;

// Phi and its inverse.
double normal_cdf(double z);
double normal_quantile(double p);

// Ends of the two-sided interval from sorted replicates without NaN.
Interval percentile_interval(double value, const std::vector<double>& sorted, double confidence);
// 2 value - the percentile interval's ends, exchanged. Davison, Hinkley: Bootstrap methods and their application; 1997.
Interval basic_interval(double value, const std::vector<double>& sorted, double confidence);
// Bias-corrected and accelerated: ends at the quantiles Phi(z0 + (z0 + z) / (1 - a (z0 + z))), z0 from the share of
// replicates below the value (equal ones count half), a from the values with one group left out: sum d^3 / (6 (sum
// d^2)^(3/2)), d = mean - value. An undefined left-out value leaves a = 0 (`accelerated` says which it was). Efron:
// Better bootstrap confidence intervals; JASA 1987.
Interval bca_interval(double value, const std::vector<double>& sorted, const std::vector<double>& left_out,
                      double confidence, bool& accelerated);
// Of a proportion of `trials` independent rows. Wilson: Probable inference, the law of succession; JASA 1927.
Interval wilson_interval(double value, double trials, double confidence);

// SpecError unless `interval` is known and fits the metrics and the input.
void check_interval(const EvaluateInput& input, const SlicePlan& plan, const EvaluateOptions& options);

// Fills low, high, method and valid_resamples of every cell. `sums` of the slices in `set`.
void add_intervals(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                   const SliceSums& sums, const SlicePlan& plan, const EvaluateOptions& options, Scoreboard& board);

}  // namespace bakeoff

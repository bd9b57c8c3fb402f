// The ends of every cell's interval.
#pragma once
#include <string>
#include <vector>

#include "evaluate/leave_out.h"
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

// What some intervals ask for.
struct IntervalNeeds {
  bool any_proportion = false, any_auc = false;  // among the metrics
  bool weights = false, units = false;           // of the rows
};
// SpecError unless `interval` is known and fits the metrics and the rows.
void check_interval(const std::string& interval, const IntervalNeeds& there_are);

// The denominator of a metric that is a proportion of rows, for interval "wilson"; NaN for the others.
double trials_of(const kernels::Metric& metric, const kernels::TermSums& sums);
bool is_proportion(const kernels::Metric& metric);
void wilson_cell(double trials, double confidence, Cell& cell);

// The groups whose values without them the board's interval asks for; none if it doesn't.
Groups interval_groups(const UnitIndex& units, const Scoreboard& board);
// values[g * cells + c]: cell c without group g.
void keep_left_out(std::vector<double> values, const SliceSet& set, const Groups& groups, Scoreboard& board);

// Fills low, high, method and valid_resamples of every cell from its replicates and what was left out.
void add_intervals(const Execution& execution, Scoreboard& board);

}  // namespace bakeoff

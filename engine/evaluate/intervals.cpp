#include "evaluate/intervals.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/delong.h"
#include "evaluate/jackknife.h"
#include "evaluate/leave_out.h"

namespace bakeoff {
namespace {

const std::vector<std::string> kIntervals = {"percentile", "basic",        "bca",      "wilson",
                                             "delong",     "delong_logit", "jackknife"};

// The denominator of a metric that is a proportion of rows; NaN for the others.
double trials_of(const kernels::Metric& metric, const kernels::TermSums& sums) {
  using kernels::Term;
  if (&metric == &kernels::kAccuracy) return sums[Term::weight];
  if (&metric == &kernels::kPrecision) return sums[Term::true_positive] + sums[Term::false_positive];
  if (&metric == &kernels::kRecall) return sums[Term::true_positive] + sums[Term::false_negative];
  return kNaN;
}

bool is_proportion(const kernels::Metric& metric) { return !std::isnan(trials_of(metric, {})); }

void resampled_cell(const EvaluateOptions& options, Index c, Scoreboard& board) {
  const auto cells = static_cast<Index>(board.cells.size());
  Cell& cell = board.cells[c];
  std::vector<double> values;
  for (Index b = 0; b < board.resamples; ++b)
    if (const double v = board.replicates[b * cells + c]; !std::isnan(v)) values.push_back(v);
  cell.valid_resamples = static_cast<std::int64_t>(values.size());
  if (std::isnan(cell.value) || values.empty()) return;
  std::sort(values.begin(), values.end());
  Interval ends;
  cell.method = IntervalMethod::percentile;
  if (options.interval == "basic") {
    cell.method = IntervalMethod::basic;
    ends = basic_interval(cell.value, values, board.confidence);
  } else if (options.interval == "bca") {
    bool accelerated = false;
    ends = bca_interval(cell.value, values, board.left_out_of(c), board.confidence, accelerated);
    cell.method = accelerated ? IntervalMethod::bca : IntervalMethod::bias_corrected;
  } else {
    ends = percentile_interval(cell.value, values, board.confidence);
  }
  cell.low = ends.low;
  cell.high = ends.high;
}

void wilson_cells(const SliceSet& set, const SliceSums& sums, const SlicePlan& plan, Scoreboard& board) {
  const auto candidates = static_cast<Index>(board.names.size());
  for (Index i = 0; i < set.count(); ++i)
    for (Index m = 0; m < candidates; ++m)
      for (std::size_t k = 0; k < plan.metrics.size(); ++k) {
        if (!plan.is_sums(k) || !is_proportion(*plan.metrics[k])) continue;
        Cell& cell = board.cells[board.index(m, set.slice[i], static_cast<Index>(k))];
        const Interval ends =
            wilson_interval(cell.value, trials_of(*plan.metrics[k], sums.sums[i * candidates + m]), board.confidence);
        cell.low = ends.low;
        cell.high = ends.high;
        cell.method = IntervalMethod::wilson;
      }
}

void jackknife_cell(Index c, Scoreboard& board) {
  Cell& cell = board.cells[c];
  const JackknifeInterval found = jackknife(cell.value, board.left_out_of(c), board.confidence);
  cell.low = found.interval.low;
  cell.high = found.interval.high;
  cell.method = IntervalMethod::jackknife;
}

}  // namespace

double normal_cdf(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

double normal_quantile(double p) {
  if (!(p > 0)) return -std::numeric_limits<double>::infinity();
  if (!(p < 1)) return std::numeric_limits<double>::infinity();
  return boost::math::quantile(boost::math::normal(), p);
}

Interval percentile_interval(double value, const std::vector<double>& sorted, double confidence) {
  return {value, quantile(sorted, (1 - confidence) / 2), quantile(sorted, (1 + confidence) / 2)};
}

Interval basic_interval(double value, const std::vector<double>& sorted, double confidence) {
  const Interval ends = percentile_interval(value, sorted, confidence);
  return {value, 2 * value - ends.high, 2 * value - ends.low};
}

Interval bca_interval(double value, const std::vector<double>& sorted, const std::vector<double>& left_out,
                      double confidence, bool& accelerated) {
  double mean = 0, squares = 0, cubes = 0;
  for (const double v : left_out) mean += v / static_cast<double>(left_out.size());
  for (const double v : left_out) {
    const double d = mean - v;
    squares += d * d;
    cubes += d * d * d;
  }
  accelerated = squares > 0;  // false for NaN, and where nothing varies
  const double a = accelerated ? cubes / (6 * std::pow(squares, 1.5)) : 0;
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
  const double below = static_cast<double>(first - sorted.begin()), at = static_cast<double>(last - first);
  const double z0 = normal_quantile((below + at / 2) / static_cast<double>(sorted.size()));
  const auto end = [&](double p) {
    const double z = z0 + normal_quantile(p);
    // All replicates on one side of the value: the limit, their end on that side
    return quantile(sorted, std::isinf(z0) ? (z0 > 0 ? 1.0 : 0.0) : normal_cdf(z0 + z / (1 - a * z)));
  };
  return {value, end((1 - confidence) / 2), end((1 + confidence) / 2)};
}

Interval wilson_interval(double value, double trials, double confidence) {
  if (!(trials > 0)) return {value, kNaN, kNaN};
  const double z = normal_quantile((1 + confidence) / 2), zz = z * z / trials;
  const double centre = (value + zz / 2) / (1 + zz);
  const double half = z / (1 + zz) * std::sqrt(value * (1 - value) / trials + zz / (4 * trials));
  return {value, std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

void check_interval(const EvaluateInput& input, const SlicePlan& plan, const EvaluateOptions& options) {
  const std::string& name = options.interval;
  if (std::find(kIntervals.begin(), kIntervals.end(), name) == kIntervals.end())
    throw SpecError("interval: expected percentile, basic, bca, wilson, delong, delong_logit or jackknife, got '" +
                    name + "'" + hint(name, kIntervals));
  const bool any_proportion = std::any_of(plan.metrics.begin(), plan.metrics.end(),
                                          [](const auto* metric) { return metric && is_proportion(*metric); });
  if (name == "wilson" && !any_proportion)
    throw SpecError("interval wilson: is for proportions: accuracy, precision, recall; none of them is asked for");
  if (name == "wilson" && (input.weights || input.units))
    throw SpecError(
        "interval wilson: expected rows that are independent and weigh the same; with weights or units ask "
        "for percentile or bca");
  const bool by_delong = name.starts_with("delong");
  if (by_delong && !plan.any_auc) throw SpecError("interval " + name + ": is for roc_auc, which is not asked for");
  if (by_delong && input.weights)
    throw SpecError("interval " + name + ": expected rows that weigh the same; with weights ask for percentile or bca");
}

void add_intervals(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                   const SliceSums& sums, const SlicePlan& plan, const EvaluateOptions& options, Scoreboard& board) {
  const bool by_jackknife = options.interval == "jackknife";
  if (input.rows() > 0 && (by_jackknife || (options.interval == "bca" && board.resamples > 0))) {
    const Groups groups = make_groups(units, kJackknifeGroups);
    board.left_out = leave_groups_out(execution, input, set, groups, sums, plan, board);
    board.left_out_groups = groups.count;
    const auto slices = static_cast<Index>(board.slice_names.size());
    board.left_out_rows.assign(static_cast<std::size_t>(groups.count * slices), 0);
    for (Index i = 0; i < set.count(); ++i)
      for (Index at = 0; at < set.views[i].count; ++at)
        ++board.left_out_rows[groups.of_row[set.views[i].row_at(at)] * slices + set.slice[i]];
  }
  const auto cells = static_cast<Index>(board.cells.size());
  if (by_jackknife) {
    for (Index c = 0; c < cells; ++c) jackknife_cell(c, board);
  } else if (board.resamples > 0) {
    execution.workers().for_each(cells, [&](Index c) { resampled_cell(options, c, board); });
  }
  if (options.interval == "wilson") wilson_cells(set, sums, plan, board);
  if (options.interval.starts_with("delong")) delong_cells(execution, input, set, units, plan, board);
}

}  // namespace bakeoff

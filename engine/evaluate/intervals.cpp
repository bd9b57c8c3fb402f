#include "evaluate/intervals.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/jackknife.h"

namespace bakeoff {
namespace {

const std::vector<std::string> kIntervals = {"auto",   "percentile", "basic",        "bca",
                                             "wilson", "delong",     "delong_logit", "jackknife"};

void resampled_cell(Index c, Scoreboard& board) {
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
  if (board.interval == "basic") {
    cell.method = IntervalMethod::basic;
    ends = basic_interval(cell.value, values, board.confidence);
  } else if (board.interval == "bca") {
    bool accelerated = false;
    ends = bca_interval(cell.value, values, board.left_out_of(c), board.confidence, accelerated);
    cell.method = accelerated ? IntervalMethod::bca : IntervalMethod::bias_corrected;
  } else {
    ends = percentile_interval(cell.value, values, board.confidence);
  }
  cell.low = ends.low;
  cell.high = ends.high;
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
    // All replicates on one side of the value, or so far out that the acceleration has no answer: their end there
    if (std::isinf(z0)) return quantile(sorted, z0 > 0 ? 1.0 : 0.0);
    return quantile(sorted, 1 - a * z > 0 ? normal_cdf(z0 + z / (1 - a * z)) : z > 0 ? 1.0 : 0.0);
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

void check_interval(const std::string& name, const IntervalNeeds& there_are) {
  if (std::find(kIntervals.begin(), kIntervals.end(), name) == kIntervals.end())
    throw SpecError(
        "interval: expected auto, percentile, basic, bca, wilson, delong, delong_logit or jackknife, got '" +
        printable(name) + "'" + hint(name, kIntervals));
  if (name == "wilson" && !there_are.any_proportion)
    throw SpecError(
        "interval wilson: is for proportions: accuracy, top_k_accuracy, precision and recall of two classes; none is "
        "asked for");
  if (name == "wilson" && (there_are.weights || there_are.units))
    throw SpecError(
        "interval wilson: expected rows that are independent and weigh the same; with weights or units ask "
        "for percentile or bca");
  const bool by_delong = name.starts_with("delong");
  if (by_delong && !there_are.any_auc) throw SpecError("interval " + name + ": is for roc_auc, which is not asked for");
  if (by_delong && there_are.weights)
    throw SpecError("interval " + name + ": expected rows that weigh the same; with weights ask for percentile or bca");
}

double trials_of(const kernels::Metric& metric, const kernels::TermSums& sums) {
  using kernels::Term;
  if (&metric == &kernels::kAccuracy) return sums[Term::weight];
  if (&metric == &kernels::kPrecision) return sums[Term::true_positive] + sums[Term::false_positive];
  if (&metric == &kernels::kRecall) return sums[Term::true_positive] + sums[Term::false_negative];
  return kNaN;
}

bool is_proportion(const kernels::Metric& metric) { return !std::isnan(trials_of(metric, {})); }

void wilson_cell(double trials, double confidence, Cell& cell) {
  const Interval ends = wilson_interval(cell.value, trials, confidence);
  cell.low = ends.low;
  cell.high = ends.high;
  cell.method = IntervalMethod::wilson;
}

Groups interval_groups(const UnitIndex& units, const Scoreboard& board) {
  const bool asked = board.interval == "jackknife" || (board.interval == "bca" && board.resamples > 0);
  return units.rows > 0 && asked ? make_groups(units, kJackknifeGroups) : Groups{};
}

void keep_left_out(std::vector<double> values, const SliceSet& set, const Groups& groups, Scoreboard& board) {
  board.left_out = std::move(values);
  board.left_out_groups = groups.count;
  const auto slices = static_cast<Index>(board.slice_names.size());
  board.left_out_rows.assign(static_cast<std::size_t>(groups.count * slices), 0);
  for (Index i = 0; i < set.count(); ++i)
    for (Index at = 0; at < set.views[i].count; ++at)
      ++board.left_out_rows[groups.of_row[set.views[i].row_at(at)] * slices + set.slice[i]];
}

void add_intervals(const Execution& execution, Scoreboard& board) {
  const auto cells = static_cast<Index>(board.cells.size());
  if (board.interval == "jackknife") {
    for (Index c = 0; c < cells; ++c) jackknife_cell(c, board);
  } else if (board.resamples > 0) {
    execution.workers().for_each(cells, [&](Index c) { resampled_cell(c, board); });
  }
}

}  // namespace bakeoff

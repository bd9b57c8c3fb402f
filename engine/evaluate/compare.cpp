#include "evaluate/compare.h"

#include <algorithm>
#include <cmath>

#include "core/adjust.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/comparing.h"
#include "evaluate/input.h"
#include "evaluate/intervals.h"
#include "evaluate/jackknife.h"

namespace bakeoff {
namespace {

const std::vector<std::string> kMethods = {"bootstrap",     "delong",       "mcnemar",
                                           "mcnemar_mid_p", "mcnemar_chi2", "permutation"};
const std::vector<std::string> kAdjustments = {"max_t", "holm", "bh"};

bool has_replicates(const std::string& method) { return method == "bootstrap" || method == "permutation"; }

double standard_deviation(const std::vector<double>& values) {
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (const double v : values) squares += (v - mean) * (v - mean);
  return values.size() < 2 ? kNaN : std::sqrt(squares / static_cast<double>(values.size() - 1));
}

// Replicates of sums are rounded to 2^-36 of their largest term: below this share of the values compared, a spread is
// rounding, and must not become a large T that takes the power from all other cells.
constexpr double kRounding = 1e-9;

// A deviation in standard errors; one that never varies counts as infinitely far unless it is 0.
double studentise(double deviation, double error) {
  if (error > 0) return deviation / error;
  return deviation == 0 ? 0 : std::copysign(std::numeric_limits<double>::infinity(), deviation);
}

double share_at_least(const std::vector<double>& sorted, double t) {
  const auto count = sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), t);
  return static_cast<double>(1 + count) / static_cast<double>(sorted.size() + 1);
}

void check(const CompareOptions& options) {
  if (std::find(kMethods.begin(), kMethods.end(), options.method) == kMethods.end())
    throw SpecError(
        "compare: method: expected bootstrap, delong, mcnemar, mcnemar_mid_p, mcnemar_chi2 or permutation, "
        "got '" +
        options.method + "'" + hint(options.method, kMethods));
  if (!options.adjust.empty() &&
      std::find(kAdjustments.begin(), kAdjustments.end(), options.adjust) == kAdjustments.end())
    throw SpecError("compare: adjust: expected max_t, holm or bh, got '" + options.adjust + "'" +
                    hint(options.adjust, kAdjustments));
  if (options.adjust == "max_t" && !has_replicates(options.method))
    throw SpecError("compare: adjust max_t: needs the replicates of method bootstrap or permutation; with " +
                    options.method + " ask for holm or bh");
  if (options.margin && options.method != "bootstrap" && options.method != "delong")
    throw SpecError("compare: margin: is for methods bootstrap and delong; " + options.method +
                    " tests that there is no difference at all");
  if (options.margin && !(*options.margin >= 0))
    throw SpecError("compare: margin: expected a loss of at least 0 that is still accepted, got " +
                    shortest(*options.margin));
}

// The interval of a difference by the scoreboard's method.
Interval ends_of(const Compared& at, std::int64_t cell, const std::vector<double>& sorted) {
  const Scoreboard& board = at.board;
  const double d = at.out.difference[cell];
  if (sorted.empty()) return {};
  if (board.interval == "basic") return basic_interval(d, sorted, board.confidence);
  if (board.interval != "bca") return percentile_interval(d, sorted, board.confidence);
  std::vector<double> left = board.left_out_of(cell);
  const std::vector<double> other = board.left_out_of(at.other(cell));
  for (std::size_t g = 0; g < left.size(); ++g) left[g] -= other[g];
  bool accelerated = false;
  return bca_interval(d, sorted, left, board.confidence, accelerated);
}

void compare_bootstrap(Compared& at) {
  const Scoreboard& board = at.board;
  if (board.resamples == 0 || board.replicates.empty())
    throw SpecError("compare: this report has no resamples; evaluate with resamples=1000 or more");
  for (std::int64_t cell = 0; cell < at.cells(); ++cell) {
    if (at.is_baseline(cell)) continue;
    std::vector<double> replicates(static_cast<std::size_t>(board.resamples)), deviations(replicates), valid;
    for (std::int64_t b = 0; b < board.resamples; ++b) {
      replicates[b] = board.replicates[b * at.cells() + cell] - board.replicates[b * at.cells() + at.other(cell)];
      deviations[b] = replicates[b] - at.out.difference[cell];
      if (!std::isnan(replicates[b])) valid.push_back(replicates[b]);
    }
    std::sort(valid.begin(), valid.end());
    const Interval ends = ends_of(at, cell, valid);
    at.out.low[cell] = ends.low;
    at.out.high[cell] = ends.high;
    at.add_deviations(cell, deviations);
  }
}

}  // namespace

Compared::Compared(const Scoreboard& given, const std::string& name, const CompareOptions& asked)
    : board(given),
      options(asked),
      candidates(static_cast<std::int64_t>(board.names.size())),
      slices(static_cast<std::int64_t>(board.slice_names.size())),
      metrics(static_cast<std::int64_t>(board.metric_names.size())) {
  check(options);
  const auto found = std::find(board.names.begin(), board.names.end(), name);
  if (found == board.names.end())
    throw SpecError("baseline: expected the name of a candidate, got '" + name + "'" + hint(name, board.names));
  baseline = found - board.names.begin();
  for (const Direction direction : board.directions) sign.push_back(direction == Direction::minimize ? -1 : 1);
  for (auto* v :
       {&out.difference, &out.low, &out.high, &out.p, &out.p_adjusted, &out.simultaneous_low, &out.simultaneous_high})
    v->assign(static_cast<std::size_t>(cells()), kNaN);
  out.method = options.method;
  out.adjust = !options.adjust.empty() ? options.adjust : has_replicates(options.method) ? "max_t" : "holm";
  for (std::int64_t cell = 0; cell < cells(); ++cell) {
    out.difference[cell] = board.cells[cell].value - board.cells[other(cell)].value;
    if (!is_baseline(cell)) continue;
    out.p[cell] = out.p_adjusted[cell] = 1;
    out.low[cell] = out.high[cell] = out.simultaneous_low[cell] = out.simultaneous_high[cell] = out.difference[cell];
  }
  errors_.assign(static_cast<std::size_t>(cells()), kNaN);
}

// What is large where the hypothesis is wrong: |deviation|, or with a margin the candidate's gain.
double Compared::statistic(std::int64_t cell, double deviation) const {
  return options.margin ? sign_of(cell) * deviation : std::abs(deviation);
}

void Compared::add_deviations(std::int64_t cell, const std::vector<double>& deviations) {
  const double d = out.difference[cell];
  std::vector<double> valid, statistics;
  for (const double v : deviations)
    if (!std::isnan(v)) valid.push_back(v);
  errors_[cell] = std::max(standard_deviation(valid), kRounding * std::max(std::abs(board.cells[cell].value),
                                                                           std::abs(board.cells[other(cell)].value)));
  if (std::isnan(d) || valid.empty()) return;  // undefined for good: it can't take the others with it
  for (const double v : valid) statistics.push_back(statistic(cell, v));
  std::sort(statistics.begin(), statistics.end());
  out.p[cell] = share_at_least(statistics, statistic(cell, d) + options.margin.value_or(0));
  if (largest_.empty()) largest_.assign(deviations.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t b = 0; b < largest_.size(); ++b) {
    const double t = studentise(statistic(cell, deviations[b]), errors_[cell]);
    largest_[b] = std::isnan(deviations[b]) || std::isnan(largest_[b]) ? kNaN : std::max(largest_[b], t);
  }
}

void Compared::adjust(bool ends) {
  std::erase_if(largest_, [](double v) { return std::isnan(v); });
  std::sort(largest_.begin(), largest_.end());
  out.valid_resamples = static_cast<std::int64_t>(largest_.size());
  if (out.adjust != "max_t") {
    std::vector<double> p(out.p);
    for (std::int64_t cell = 0; cell < cells(); ++cell)
      if (is_baseline(cell)) p[cell] = kNaN;
    p = out.adjust == "holm" ? holm(p) : benjamini_hochberg(p);
    for (std::int64_t cell = 0; cell < cells(); ++cell)
      if (!is_baseline(cell)) out.p_adjusted[cell] = p[cell];
    return;
  }
  const double critical = quantile(largest_, board.confidence);
  for (std::int64_t cell = 0; cell < cells(); ++cell) {
    const double d = out.difference[cell];
    if (is_baseline(cell) || std::isnan(d) || std::isnan(errors_[cell]) || std::isnan(out.p[cell])) continue;
    const double t = studentise(statistic(cell, d) + options.margin.value_or(0), errors_[cell]);
    out.p_adjusted[cell] = share_at_least(largest_, t);
    if (!ends) continue;
    out.simultaneous_low[cell] = d - critical * errors_[cell];
    out.simultaneous_high[cell] = d + critical * errors_[cell];
  }
}

Comparison compare(const Scoreboard& board, const std::string& baseline, const CompareOptions& options) {
  Compared at(board, baseline, options);
  if (options.method != "bootstrap")
    throw SpecError("compare: method " + options.method + " needs the rows that were evaluated");
  compare_bootstrap(at);
  // One-sided statistics have no two-sided simultaneous ends.
  at.adjust(!options.margin);
  return std::move(at.out);
}

Comparison compare(const Execution& execution, const EvaluateInput& given, const EvaluateOptions& evaluated,
                   const Scoreboard& board, const std::string& baseline, const CompareOptions& options) {
  if (options.method == "bootstrap") return compare(board, baseline, options);
  Compared at(board, baseline, options);
  std::optional<Subset> kept;
  if (evaluated.drop_nan) kept.emplace(given, finite_rows(given), true);
  const EvaluateInput& input = kept ? kept->input() : given;
  if (options.method == "delong") compare_delong(execution, input, at);
  if (options.method.starts_with("mcnemar")) {
    if (given.weights || given.units)
      throw SpecError(
          "compare: method " + options.method +
          ": expected rows that are independent and weigh the same; with weights or units ask for bootstrap "
          "or permutation");
    compare_mcnemar(execution, input, evaluated, at);
  }
  if (options.method == "permutation") compare_permutation(execution, input, evaluated, at);
  at.adjust(false);
  return std::move(at.out);
}

}  // namespace bakeoff

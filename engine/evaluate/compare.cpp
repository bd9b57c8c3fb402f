#include "evaluate/compare.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/jackknife.h"

namespace bakeoff {
namespace {

struct Layout {
  std::int64_t candidates, slices, metrics, baseline;
  std::int64_t inner() const { return slices * metrics; }
  std::int64_t cells() const { return candidates * inner(); }
};

// Differences of the replicates of one cell to the baseline's, in the order of the resamples.
std::vector<double> replicate_differences(const Scoreboard& board, const Layout& at, std::int64_t cell) {
  const std::int64_t other = at.baseline * at.inner() + cell % at.inner();
  std::vector<double> out(static_cast<std::size_t>(board.resamples));
  for (std::int64_t b = 0; b < board.resamples; ++b)
    out[b] = board.replicates[b * at.cells() + cell] - board.replicates[b * at.cells() + other];
  return out;
}

double standard_deviation(const std::vector<double>& values) {
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (const double v : values) squares += (v - mean) * (v - mean);
  return values.size() < 2 ? kNaN : std::sqrt(squares / static_cast<double>(values.size() - 1));
}

// Replicates of sums are rounded to 2^-36 of their largest term: below this share of the values compared, a spread is
// rounding, and must not become a large T that takes the power from all other cells.
constexpr double kRounding = 1e-9;

// |deviation| in standard errors; a difference that never varies counts as infinitely far unless it is 0.
double studentise(double deviation, double error) {
  if (error > 0) return std::abs(deviation) / error;
  return deviation == 0 ? 0 : std::numeric_limits<double>::infinity();
}

double share_at_least(const std::vector<double>& sorted, double t) {
  const auto count = sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), t);
  return static_cast<double>(1 + count) / static_cast<double>(sorted.size() + 1);
}

// Percentile interval and p of one cell; returns its standard error.
double compare_cell(std::vector<double> replicates, double confidence, std::int64_t cell, Comparison& out) {
  const double d = out.difference[cell];
  std::erase_if(replicates, [](double v) { return std::isnan(v); });
  const double error = standard_deviation(replicates);
  std::vector<double> deviations(replicates);
  for (double& v : deviations) v = std::abs(v - d);
  std::sort(replicates.begin(), replicates.end());
  std::sort(deviations.begin(), deviations.end());
  out.low[cell] = quantile(replicates, (1 - confidence) / 2);
  out.high[cell] = quantile(replicates, (1 + confidence) / 2);
  if (!std::isnan(d)) out.p[cell] = share_at_least(deviations, std::abs(d));
  return error;
}

void adjust(const std::vector<double>& errors, std::vector<double>& largest, double confidence, Comparison& out) {
  std::erase_if(largest, [](double v) { return std::isnan(v); });
  std::sort(largest.begin(), largest.end());
  out.valid_resamples = static_cast<std::int64_t>(largest.size());
  const double critical = quantile(largest, confidence);
  for (std::size_t cell = 0; cell < errors.size(); ++cell) {
    const double d = out.difference[cell];
    if (std::isnan(d) || std::isnan(errors[cell])) continue;
    out.p_adjusted[cell] = share_at_least(largest, studentise(d, errors[cell]));
    out.simultaneous_low[cell] = d - critical * errors[cell];
    out.simultaneous_high[cell] = d + critical * errors[cell];
  }
}

}  // namespace

Comparison compare(const Scoreboard& board, const std::string& baseline) {
  const auto found = std::find(board.names.begin(), board.names.end(), baseline);
  if (found == board.names.end())
    throw SpecError("baseline: expected the name of a candidate, got '" + baseline + "'" + hint(baseline, board.names));
  if (board.resamples == 0 || board.replicates.empty())
    throw SpecError("compare: this report has no resamples; evaluate with resamples=1000 or more");
  const Layout at{static_cast<std::int64_t>(board.names.size()), static_cast<std::int64_t>(board.slice_names.size()),
                  static_cast<std::int64_t>(board.metric_names.size()), found - board.names.begin()};
  Comparison out;
  for (auto* v :
       {&out.difference, &out.low, &out.high, &out.p, &out.p_adjusted, &out.simultaneous_low, &out.simultaneous_high})
    v->assign(static_cast<std::size_t>(at.cells()), kNaN);
  std::vector<double> errors(static_cast<std::size_t>(at.cells()), kNaN);
  std::vector<double> largest(static_cast<std::size_t>(board.resamples), 0.0);
  for (std::int64_t cell = 0; cell < at.cells(); ++cell) {
    const std::int64_t inner = cell % at.inner(), other = at.baseline * at.inner() + inner;
    out.difference[cell] = board.cells[cell].value - board.cells[other].value;
    if (cell == other) {
      out.p[cell] = out.p_adjusted[cell] = 1;
      out.low[cell] = out.high[cell] = out.simultaneous_low[cell] = out.simultaneous_high[cell] = out.difference[cell];
      continue;
    }
    const std::vector<double> replicates = replicate_differences(board, at, cell);
    errors[cell] =
        std::max(compare_cell(replicates, board.confidence, cell, out),
                 kRounding * std::max(std::abs(board.cells[cell].value), std::abs(board.cells[other].value)));
    if (std::isnan(out.difference[cell])) continue;  // undefined for good: it can't take the others with it
    for (std::size_t b = 0; b < largest.size(); ++b) {
      const double t = studentise(replicates[b] - out.difference[cell], errors[cell]);
      largest[b] = std::isnan(replicates[b]) || std::isnan(largest[b]) ? kNaN : std::max(largest[b], t);
    }
  }
  adjust(errors, largest, board.confidence, out);
  return out;
}

}  // namespace bakeoff

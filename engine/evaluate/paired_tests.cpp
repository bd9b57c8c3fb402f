// DeLong's and McNemar's tests of each candidate against the baseline.
#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "evaluate/comparing.h"
#include "evaluate/delong.h"
#include "evaluate/intervals.h"

namespace bakeoff {
namespace {

std::int64_t metric_place(const Compared& at, const char* metric) {
  const auto& names = at.board.metric_names;
  const auto found = std::find(names.begin(), names.end(), metric);
  if (found == names.end())
    throw SpecError("compare: method " + at.options.method + " is for " + metric + ", which was not evaluated");
  return found - names.begin();
}

// Slices that have a value: too small ones have none.
std::vector<std::int64_t> valued_slices(const Compared& at, std::int64_t metric) {
  std::vector<std::int64_t> slices;
  for (std::int64_t s = 0; s < at.slices; ++s)
    if (at.board.cell(at.baseline, s, metric).reason != Reason::too_few_rows) slices.push_back(s);
  return slices;
}

// (rows that only the candidate has right, only the baseline)
std::pair<std::int64_t, std::int64_t> discordant(const EvaluateInput& input, const kernels::SliceRows& view,
                                                 double threshold, Index candidate, Index baseline) {
  return std::visit(
      [&](const auto& scores) {
        std::int64_t b = 0, c = 0;
        for (Index i = 0; i < view.count; ++i) {
          const Index row = view.row_at(i);
          const bool positive = input.labels[row] != 0;
          const bool candidate_right = (static_cast<double>(scores(candidate, row)) >= threshold) == positive;
          const bool baseline_right = (static_cast<double>(scores(baseline, row)) >= threshold) == positive;
          b += candidate_right && !baseline_right;
          c += !candidate_right && baseline_right;
        }
        return std::pair{b, c};
      },
      input.scores);
}

}  // namespace

double mcnemar_p(std::int64_t b, std::int64_t c, const std::string& method) {
  const auto n = static_cast<double>(b + c), smaller = static_cast<double>(std::min(b, c));
  if (n == 0) return 1;
  if (method == "mcnemar_chi2") {
    const double distance = std::max(0.0, std::abs(static_cast<double>(b - c)) - 1);
    return boost::math::cdf(boost::math::complement(boost::math::chi_squared(1), distance * distance / n));
  }
  const boost::math::binomial half(n, 0.5);
  const double exact = std::min(1.0, 2 * boost::math::cdf(half, smaller));
  if (method == "mcnemar") return exact;
  return b == c ? 1 - boost::math::pdf(half, smaller) / 2 : exact - boost::math::pdf(half, smaller);
}

void compare_delong(const Execution& execution, const EvaluateInput& input, Compared& at) {
  const std::int64_t metric = metric_place(at, "roc_auc");
  if (input.weights)
    throw SpecError("compare: method delong: expected rows that weigh the same; with weights ask for bootstrap");
  const UnitIndex units = make_unit_index(input);
  const std::vector<std::int64_t> slices = valued_slices(at, metric);
  const std::vector<Delong> found = delong(execution, input, make_slice_set(input.slices, units, slices), units);
  const double z = normal_quantile((1 + at.board.confidence) / 2);
  for (std::size_t i = 0; i < slices.size(); ++i)
    for (std::int64_t m = 0; m < at.candidates; ++m) {
      if (m == at.baseline) continue;
      const auto covariance = [&](std::int64_t a, std::int64_t b) {
        return found[i].covariance[a * at.candidates + b];
      };
      const double variance = covariance(m, m) + covariance(at.baseline, at.baseline) - 2 * covariance(m, at.baseline);
      const std::int64_t cell = at.board.index(m, slices[i], metric);
      const double d = at.out.difference[cell];
      if (std::isnan(variance) || std::isnan(d)) continue;
      // Rounding leaves a difference of equal candidates with a variance of about 1e-20.
      const double error =
          variance > 1e-16 * (covariance(m, m) + covariance(at.baseline, at.baseline)) ? std::sqrt(variance) : 0;
      const double gain = at.options.margin ? at.sign_of(cell) * d + *at.options.margin : std::abs(d);
      const double t = error > 0 ? gain / error : gain == 0 ? 0 : std::copysign(1e300, gain);
      at.out.low[cell] = d - z * error;
      at.out.high[cell] = d + z * error;
      at.out.p[cell] = at.options.margin ? normal_cdf(-t) : 2 * normal_cdf(-t);
    }
}

void compare_mcnemar(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& evaluated,
                     Compared& at) {
  const std::int64_t metric = metric_place(at, "accuracy");
  const UnitIndex units = make_unit_index(input);
  const std::vector<std::int64_t> slices = valued_slices(at, metric);
  const SliceSet set = make_slice_set(input.slices, units, slices);
  const double z = normal_quantile((1 + at.board.confidence) / 2);
  execution.workers().for_each(at.candidates * set.count(), [&](Index item) {
    const Index m = item / set.count(), i = item % set.count();
    const auto n = static_cast<double>(set.views[i].count);
    if (m == at.baseline || n == 0) return;
    const auto [b, c] = discordant(input, set.views[i], evaluated.threshold, m, at.baseline);
    const std::int64_t cell = at.board.index(m, slices[i], metric);
    const auto apart = static_cast<double>(b - c), either = static_cast<double>(b + c);
    // Wald's interval of a difference of paired proportions
    const double half = z * std::sqrt(std::max(0.0, either - apart * apart / n)) / n;
    at.out.p[cell] = mcnemar_p(b, c, at.options.method);
    at.out.low[cell] = at.out.difference[cell] - half;
    at.out.high[cell] = at.out.difference[cell] + half;
  });
}

}  // namespace bakeoff

#include "evaluate/jackknife.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace bakeoff {

JackknifeInterval jackknife(double value, const std::vector<double>& left_out, double confidence, int comparisons) {
  JackknifeInterval out;
  out.interval.value = value;
  const double g = static_cast<double>(left_out.size());
  if (left_out.size() < 2 || std::isnan(value)) return out;
  double mean = 0, squares = 0;
  for (const double v : left_out) mean += v / g;
  for (const double v : left_out) squares += (v - mean) * (v - mean);
  if (std::isnan(squares)) return out;
  out.standard_error = std::sqrt(squares * (g - 1) / g);
  const boost::math::students_t t(g - 1);
  const double tail = (1 - confidence) / 2 / comparisons;
  const double half = boost::math::quantile(boost::math::complement(t, tail)) * out.standard_error;
  out.interval.low = value - half;
  out.interval.high = value + half;
  if (out.standard_error > 0)
    out.p = 2 * boost::math::cdf(boost::math::complement(t, std::abs(value) / out.standard_error));
  else
    out.p = value == 0 ? 1 : 0;
  return out;
}

double quantile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return kNaN;
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace bakeoff

#include "drift/probability.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace bakeoff {
namespace {

// Stirling's series for log gamma(x), x >= 16: its next term is below 1e-17.
double stirling(double x) {
  const double r = 1 / x, r2 = r * r;
  const double tail = r * (1. / 12 - r2 * (1. / 360 - r2 * (1. / 1260 - r2 * (1. / 1680 - r2 * (1. / 1188)))));
  return (x - .5) * std::log(x) - x + .5 * std::log(2 * std::numbers::pi) + tail;
}

double log_gamma(double x) {
  double product = 1;
  for (; x < 16; ++x) product *= x;
  return stirling(x) - std::log(product);
}

// The upper incomplete gamma function over the whole: a series below a + 1, Lentz's continued fraction above (Numerical
// Recipes, 6.2).
double upper_gamma(double a, double x) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon(), kTiny = 1e-300;
  constexpr int kMost = 1'000'000;
  const double front = std::exp(a * std::log(x) - x - log_gamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int k = 1; k < kMost && term > sum * kEpsilon; ++k) sum += term *= x / (a + k);
    return 1 - front * sum;
  }
  double b = x + 1 - a, c = 1 / kTiny, d = 1 / b, fraction = d;
  for (int k = 1; k < kMost; ++k) {
    const double an = -k * (k - a);
    b += 2;
    d = an * d + b;
    if (std::abs(d) < kTiny) d = kTiny;
    c = b + an / c;
    if (std::abs(c) < kTiny) c = kTiny;
    d = 1 / d;
    fraction *= d * c;
    if (std::abs(d * c - 1) < kEpsilon) break;
  }
  return front * fraction;
}

}  // namespace

double log_factorial(std::int64_t n) {
  // Asked for in the innermost loops, mostly of small numbers.
  static const std::array<double, 256> small = [] {
    std::array<double, 256> table{};
    for (std::size_t k = 2; k < table.size(); ++k) table[k] = log_gamma(static_cast<double>(k) + 1);
    return table;
  }();
  return n < static_cast<std::int64_t>(small.size()) ? small[static_cast<std::size_t>(n)]
                                                     : stirling(static_cast<double>(n) + 1);
}

double chi_squared_tail(double x, double degrees) {
  if (!(degrees > 0) || std::isnan(x)) return std::nan("");
  if (x <= 0) return 1;
  return std::isinf(x) ? 0 : std::clamp(upper_gamma(degrees / 2, x / 2), 0.0, 1.0);
}

double normal_tail(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

}  // namespace bakeoff

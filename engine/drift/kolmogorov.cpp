#include "drift/kolmogorov.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "drift/probability.h"

namespace bakeoff {
namespace {

constexpr double kPi = std::numbers::pi;

// 2 sum_j C(n, j) d (d + j/n)^(j-1) (1 - d - j/n)^(n-j): twice the one-sided tail, which is the two-sided one where
// both sides can't be crossed, and to 1e-10 where that is rare.
// Above 4,096 terms only every h-th is summed, times h: as j runs they are a smooth bump that vanishes with all its
// derivatives at both ends, and the trapezoidal rule is then exact (2,048 nodes against all terms: 6e-11 relative, for
// tails above 1e-87).
double doubled_smirnov(std::int64_t n, double d) {
  const auto size = static_cast<double>(n);
  const double all = log_factorial(n);
  const std::int64_t step = n > 4096 ? n / 2048 : 1;
  double sum = 0;
  for (std::int64_t j = 0; j <= static_cast<std::int64_t>(size * (1 - d)); j += step) {
    const auto k = static_cast<double>(j);
    const double at = d + k / size;
    if (at >= 1) break;
    sum +=
        std::exp(all - log_factorial(j) - log_factorial(n - j) + (k - 1) * std::log(at) + (size - k) * std::log1p(-at));
  }
  return std::min(1.0, 2 * d * sum * static_cast<double>(step));
}

// A square matrix that is kept near 1 by powers of two.
struct Scaled {
  std::vector<double> values;
  int exponent = 0;
};

Scaled product(const Scaled& a, const Scaled& b, int size) {
  Scaled c{std::vector<double>(a.values.size()), a.exponent + b.exponent};
  for (int i = 0; i < size; ++i)
    for (int k = 0; k < size; ++k) {
      const double factor = a.values[static_cast<std::size_t>(i * size + k)];
      for (int j = 0; j < size; ++j)
        c.values[static_cast<std::size_t>(i * size + j)] += factor * b.values[static_cast<std::size_t>(k * size + j)];
    }
  constexpr double kLarge = 0x1p400;
  if (c.values[static_cast<std::size_t>(size / 2 * size + size / 2)] > kLarge) {
    for (double& value : c.values) value /= kLarge;
    c.exponent += 400;
  }
  return c;
}

// Marsaglia, Tsang, Wang, "Evaluating Kolmogorov's distribution", J. Stat. Software 8 (2003): P(D < d) is n!/n^n times
// the middle of H^n, with d = (k - h) / n and H of size 2 k - 1.
double matrix_probability(std::int64_t n, double d) {
  const double nd = static_cast<double>(n) * d;
  const int k = static_cast<int>(std::ceil(nd)), size = 2 * k - 1;
  const double h = k - nd;
  const auto at = [size](int i, int j) { return static_cast<std::size_t>(i * size + j); };
  Scaled power{std::vector<double>(static_cast<std::size_t>(size) * static_cast<std::size_t>(size))};
  for (int i = 0; i < size; ++i)
    for (int j = 0; j <= std::min(i + 1, size - 1); ++j) power.values[at(i, j)] = 1;
  for (int i = 0; i < size; ++i) {
    power.values[at(i, 0)] -= std::pow(h, i + 1);
    power.values[at(size - 1, i)] -= std::pow(h, size - i);
  }
  if (2 * h > 1) power.values[at(size - 1, 0)] += std::pow(2 * h - 1, size);
  for (int i = 0; i < size; ++i)
    for (int j = 0; j <= i; ++j) power.values[at(i, j)] *= std::exp(-log_factorial(i - j + 1));
  Scaled result{std::vector<double>(power.values.size())};
  for (int i = 0; i < size; ++i) result.values[at(i, i)] = 1;
  for (std::int64_t left = n; left > 0; left /= 2) {
    if (left % 2 == 1) result = product(result, power, size);
    power = product(power, power, size);
  }
  const double middle = result.values[at(k - 1, k - 1)];
  return std::exp(std::log(middle) + result.exponent * std::numbers::ln2 + log_factorial(n) -
                  static_cast<double>(n) * std::log(static_cast<double>(n)));
}

// Pelz and Good, "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample statistic", J. R. Stat. Soc.
// B 38 (1976): K0 + K1 / n^(1/2) + K2 / n + K3 / n^(3/2), in the form that converges for small z.
double series_probability(std::int64_t n, double d) {
  const double root = std::sqrt(static_cast<double>(n)), z = root * d;
  const double z2 = z * z, z4 = z2 * z2, z6 = z4 * z2, p2 = kPi * kPi, p4 = p2 * p2, p6 = p4 * p2;
  double k0 = 0, k1 = 0, k2 = 0, k3 = 0;
  for (int k = 0; k < 64; ++k) {
    const double odd = k + .5, o2 = odd * odd, o4 = o2 * o2, o6 = o4 * o2;
    const double w = std::exp(-p2 * o2 / (2 * z2));
    k0 += w;
    k1 += (p2 * o2 - z2) * w;
    k2 += (6 * z6 + 2 * z4 + p2 * (2 * z4 - 5 * z2) * o2 + p4 * (1 - 2 * z2) * o4) * w;
    k3 += (-30 * z6 - 90 * z6 * z2 + p2 * (135 * z4 - 96 * z6) * o2 + p4 * (212 * z4 - 60 * z2) * o4 +
           p6 * (5 - 30 * z2) * o6) *
          w;
  }
  double whole2 = 0, whole3 = 0;
  for (int k = 1; k < 64; ++k) {
    const double s = k * static_cast<double>(k), w = std::exp(-p2 * s / (2 * z2));
    whole2 += s * w;
    whole3 += (3 * p2 * s * z2 - p4 * s * s) * w;
  }
  const double c = std::sqrt(2 * kPi), h = std::sqrt(kPi / 2);
  k0 *= c / z;
  k1 *= h / (3 * z4);
  k2 = h * k2 / (36 * z6 * z) - h * p2 * whole2 / (18 * z2 * z);
  k3 = h * k3 / (3240 * z6 * z4) + h * whole3 / (108 * z6);
  return k0 + k1 / root + k2 / (root * root) + k3 / (root * root * root);
}

}  // namespace

double kolmogorov_tail(std::int64_t n, double d) {
  const double t = static_cast<double>(n) * d, size = static_cast<double>(n), square = t * d;
  if (n <= 0 || std::isnan(d)) return std::nan("");
  if (t <= .5) return 1;
  if (d >= 1) return 0;
  if (t <= 1) return 1 - std::exp(log_factorial(n) + size * std::log((2 * t - 1) / size));
  if (t >= size - 1) return 2 * std::pow(1 - d, size);
  if (square >= 370) return 0;  // below the smallest double
  if (d >= .5 || square >= (n <= 140 ? 4.0 : 2.2)) return doubled_smirnov(n, d);
  const bool small = n <= 140 || (n <= 100'000 && size * std::pow(d, 1.5) <= 1.4);
  return std::clamp(1 - (small ? matrix_probability(n, d) : series_probability(n, d)), 0.0, 1.0);
}

double two_sample_tail(std::int64_t n, std::int64_t m, std::int64_t gap) {
  if (gap <= 0) return 1;
  if (n == m) {
    // Reflected paths: 2 (C(2n, n-h) - C(2n, n-2h) + ...) / C(2n, n), factored like a Horner scheme.
    const std::int64_t h = (gap + n - 1) / n;  // what comes between is not reached
    double p = 0;
    for (std::int64_t k = n / h; k >= 0; --k) {
      double term = 1;
      for (std::int64_t j = 0; j < h; ++j)
        term *= static_cast<double>(n - k * h - j) / static_cast<double>(n + k * h + j + 1);
      p = term * (1 - p);
    }
    return std::min(1.0, 2 * p);
  }
  // The last step to (i, j) came from (i - 1, j) with probability i / (i + j). Sums of positive terms: no digits are
  // lost in small answers.
  const double en = static_cast<double>(n) * static_cast<double>(m) / static_cast<double>(n + m);
  const double d = static_cast<double>(gap) / (static_cast<double>(n) * static_cast<double>(m));
  if (2 * en * d * d > 750) return 0;  // e^-750 is below the smallest double, and so are the paths
  std::vector<double> left(static_cast<std::size_t>(m + 1), 1.0), inverse(static_cast<std::size_t>(n + m + 1));
  for (std::int64_t k = 1; k <= n + m; ++k) inverse[static_cast<std::size_t>(k)] = 1 / static_cast<double>(k);
  for (std::int64_t i = 0; i <= n; ++i) {
    const std::int64_t low = i * m < gap ? 0 : (i * m - gap) / n + 1;
    const std::int64_t high = std::min(m, (i * m + gap - 1) / n);
    double below = 1;  // outside the band every path has left it
    if (low > 0) left[static_cast<std::size_t>(low - 1)] = 1;
    for (std::int64_t j = low; j <= high; ++j) {
      const auto k = static_cast<std::size_t>(j);
      const double from_left = i == 0 ? 0 : static_cast<double>(i) * left[k];
      const double from_below = j == 0 ? 0 : static_cast<double>(j) * below;
      below = left[k] = (from_left + from_below) * inverse[static_cast<std::size_t>(i + j)];
    }
  }
  return left[static_cast<std::size_t>(m)];
}

KsTail ks_tail(std::int64_t n, std::int64_t m, std::int64_t gap) {
  constexpr std::int64_t kExactRows = 10'000;
  if (n <= 0 || m <= 0) return {std::nan(""), false};
  if (std::max(n, m) <= kExactRows) return {two_sample_tail(n, m, gap), true};
  const double en = static_cast<double>(n) * static_cast<double>(m) / static_cast<double>(n + m);
  const double d = static_cast<double>(gap) / static_cast<double>(n * m);
  return {kolmogorov_tail(static_cast<std::int64_t>(std::nearbyint(en)), d), false};
}

}  // namespace bakeoff

#include "drift/shares.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "drift/probability.h"
#include "kernels/philox.h"

namespace bakeoff {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double total(const Counts& counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

// Draws numbers in [0, 1) from one stream, two a block of Philox.
class Uniforms {
 public:
  Uniforms(std::uint64_t seed, std::uint32_t replicate)
      : key_(kernels::RngKey::from_seed(seed)), replicate_(replicate) {}
  double next() {
    constexpr auto kStream = static_cast<std::uint32_t>(kernels::Stream4::drift);
    if (left_ == 0) block_ = kernels::philox(key_, {{block_index_++, 0, replicate_, kStream}});
    left_ = left_ == 0 ? 1 : 0;
    const std::size_t at = left_ == 1 ? 0 : 2;
    const std::uint64_t bits = static_cast<std::uint64_t>(block_.word[at]) << 21 ^ block_.word[at + 1] >> 11;
    return static_cast<double>(bits) * 0x1p-53;
  }

 private:
  kernels::RngKey key_;
  kernels::Counter block_{};
  std::uint32_t replicate_, block_index_ = 0;
  int left_ = 0;
};

// Of `drawn` rows out of `rows`, how many come from `marked` ones: by inversion, outward from the mode, so that a draw
// takes about as many steps as its standard deviation.
std::int64_t hypergeometric(std::int64_t marked, std::int64_t rows, std::int64_t drawn, double u) {
  const std::int64_t low = std::max<std::int64_t>(0, drawn - (rows - marked)), high = std::min(marked, drawn);
  if (low == high) return low;
  const auto ways = [&](std::int64_t x) {
    const auto choose = [](std::int64_t n, std::int64_t k) {
      return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
    };
    return choose(marked, x) + choose(rows - marked, drawn - x) - choose(rows, drawn);
  };
  const double middle =
      (static_cast<double>(drawn) + 1) * (static_cast<double>(marked) + 1) / (static_cast<double>(rows) + 2);
  const std::int64_t mode = std::clamp(static_cast<std::int64_t>(middle), low, high);
  const double at_mode = std::exp(ways(mode));
  // p(x + 1) / p(x)
  const auto ratio = [&](std::int64_t x) {
    return static_cast<double>(marked - x) * static_cast<double>(drawn - x) /
           (static_cast<double>(x + 1) * static_cast<double>(rows - marked - drawn + x + 1));
  };
  std::int64_t up = mode, down = mode;
  double p_up = at_mode, p_down = at_mode;
  u -= at_mode;
  while (u >= 0 && (up < high || down > low)) {
    if (up < high) {
      p_up *= ratio(up++);
      if ((u -= p_up) < 0) return up;
    }
    if (down > low) {
      p_down /= ratio(--down);
      if ((u -= p_down) < 0) return down;
    }
    if (p_up < 1e-18 && p_down < 1e-18) break;  // what is left of u is rounding
  }
  return mode;
}

// One random split of the pooled rows into sides of the same sizes.
void deal(const Counts& pooled, std::int64_t to_reference, Uniforms& uniforms, Counts& reference, Counts& current) {
  auto rows = static_cast<std::int64_t>(std::accumulate(pooled.begin(), pooled.end(), std::uint64_t{0}));
  for (std::size_t k = 0; k < pooled.size(); ++k) {
    const auto here = static_cast<std::int64_t>(pooled[k]);
    const std::int64_t taken = here == 0 ? 0 : hypergeometric(here, rows, to_reference, uniforms.next());
    reference[k] = static_cast<std::uint64_t>(taken);
    current[k] = static_cast<std::uint64_t>(here - taken);
    rows -= here;
    to_reference -= taken;
  }
}

double least_expected(const Counts& reference, const Counts& current) {
  const double n = total(reference), m = total(current);
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < reference.size(); ++k) {
    const auto pooled = static_cast<double>(reference[k] + current[k]);
    if (pooled > 0) least = std::min(least, pooled * std::min(n, m) / (n + m));
  }
  return least;
}

}  // namespace

double population_stability_index(const Counts& reference, const Counts& current) {
  const double n = total(reference), m = total(current);
  if (n == 0 || m == 0) return kNone;
  double sum = 0;
  for (std::size_t k = 0; k < reference.size(); ++k) {
    const double p = std::max(static_cast<double>(reference[k]) / n, kPsiFloor);
    const double q = std::max(static_cast<double>(current[k]) / m, kPsiFloor);
    sum += (q - p) * std::log(q / p);
  }
  return sum;
}

double jensen_shannon_divergence(const Counts& reference, const Counts& current) {
  const double n = total(reference), m = total(current);
  if (n == 0 || m == 0) return kNone;
  double sum = 0;
  for (std::size_t k = 0; k < reference.size(); ++k) {
    const double p = static_cast<double>(reference[k]) / n, q = static_cast<double>(current[k]) / m;
    const double middle = (p + q) / 2;
    if (p > 0) sum += p * std::log(p / middle);
    if (q > 0) sum += q * std::log(q / middle);
  }
  return std::clamp(sum / (2 * std::numbers::ln2), 0.0, 1.0);
}

int occupied(const Counts& reference, const Counts& current) {
  int bins = 0;
  for (std::size_t k = 0; k < reference.size(); ++k) bins += reference[k] + current[k] > 0;
  return bins;
}

double psi_null_mean(const Counts& reference, const Counts& current) {
  const double n = total(reference), m = total(current);
  if (n == 0 || m == 0) return kNone;
  return (occupied(reference, current) - 1) * (1 / n + 1 / m);
}

ChiSquared chi_squared(const Counts& reference, const Counts& current) {
  const double n = total(reference), m = total(current);
  const int degrees = occupied(reference, current) - 1;
  if (n == 0 || m == 0 || degrees < 1) return {kNone, kNone, kNone, std::max(degrees, 0), kNone};
  double sum = 0;
  for (std::size_t k = 0; k < reference.size(); ++k) {
    const auto pooled = static_cast<double>(reference[k] + current[k]);
    if (pooled == 0) continue;
    const double expected = pooled * n / (n + m);
    double difference = std::abs(static_cast<double>(reference[k]) - expected);
    if (degrees == 1) difference -= std::min(.5, difference);
    // What one side has too much the other has too little.
    sum += difference * difference * (1 / expected + 1 / (pooled - expected));
  }
  return {sum, chi_squared_tail(sum, degrees), std::sqrt(sum / (n + m)), degrees, least_expected(reference, current)};
}

ShareTails share_tails(const Counts& reference, const Counts& current, int permutations, bool force,
                       std::uint64_t seed) {
  constexpr double kEnough = 50;
  const double psi = population_stability_index(reference, current);
  const double js = jensen_shannon_divergence(reference, current);
  if (std::isnan(psi) || occupied(reference, current) < 2) return {kNone, kNone, ""};
  if (!force && (permutations == 0 || least_expected(reference, current) >= kEnough)) {
    const double scale = 1 / total(reference) + 1 / total(current);
    const double degrees = occupied(reference, current) - 1;
    return {chi_squared_tail(psi / scale, degrees), chi_squared_tail(8 * std::numbers::ln2 * js / scale, degrees),
            "asymptotic"};
  }
  Counts pooled(reference.size()), left(reference.size()), right(reference.size());
  for (std::size_t k = 0; k < pooled.size(); ++k) pooled[k] = reference[k] + current[k];
  const auto rows = static_cast<std::int64_t>(total(reference));
  int psi_above = 0, js_above = 0;
  for (int b = 0; b < permutations; ++b) {
    Uniforms uniforms(seed, static_cast<std::uint32_t>(b));
    deal(pooled, rows, uniforms, left, right);
    // Equal splits differ in the last bits only.
    psi_above += population_stability_index(left, right) >= psi * (1 - 1e-12);
    js_above += jensen_shannon_divergence(left, right) >= js * (1 - 1e-12);
  }
  return {(1. + psi_above) / (1. + permutations), (1. + js_above) / (1. + permutations), "permutation"};
}

RateChange rate_change(std::uint64_t reference, std::uint64_t reference_rows, std::uint64_t current,
                       std::uint64_t current_rows) {
  const auto n = static_cast<double>(reference_rows), m = static_cast<double>(current_rows);
  if (n == 0 || m == 0) return {kNone, kNone, kNone};
  const double p = static_cast<double>(reference) / n, q = static_cast<double>(current) / m;
  const double pooled = static_cast<double>(reference + current) / (n + m);
  const double error = std::sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return {p, q, error > 0 ? normal_tail((q - p) / error) : 1.0};
}

}  // namespace bakeoff

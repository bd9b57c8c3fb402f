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

// Of a distribution on [low, high], by inversion outward from `start`, which is best near the mode: about as many steps
// as its standard deviation. ratio(x) = p(x + 1) / p(x).
template <class LogP, class Ratio>
std::int64_t inverted(std::int64_t low, std::int64_t high, double start, const LogP& log_p, const Ratio& ratio,
                      double u) {
  if (low >= high) return low;
  const std::int64_t middle = std::clamp(static_cast<std::int64_t>(start), low, high);
  std::int64_t up = middle, down = middle;
  double p_up = std::exp(log_p(middle)), p_down = p_up;
  u -= p_up;
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
  return middle;
}

double log_choose(std::int64_t n, std::int64_t k) { return log_factorial(n) - log_factorial(k) - log_factorial(n - k); }

// Of `drawn` rows out of `rows`, how many are among the `marked` ones.
std::int64_t hypergeometric(std::int64_t marked, std::int64_t rows, std::int64_t drawn, double u) {
  const auto real = [](std::int64_t x) { return static_cast<double>(x); };
  return inverted(
      std::max<std::int64_t>(0, drawn - (rows - marked)), std::min(marked, drawn),
      (real(drawn) + 1) * (real(marked) + 1) / (real(rows) + 2),
      [&](std::int64_t x) {
        return log_choose(marked, x) + log_choose(rows - marked, drawn - x) - log_choose(rows, drawn);
      },
      [&](std::int64_t x) {
        return real(marked - x) * real(drawn - x) / (real(x + 1) * real(rows - marked - drawn + x + 1));
      },
      u);
}

// Of `rows` rows put one by one into an urn of a + b, where each draws its like, how many join the a.
std::int64_t urn(std::int64_t a, std::int64_t b, std::int64_t rows, double u) {
  if (a == 0 || b == 0) return a == 0 ? 0 : rows;
  const auto real = [](std::int64_t x) { return static_cast<double>(x); };
  return inverted(
      0, rows, real(rows) * real(a) / real(a + b),
      [&](std::int64_t x) {
        return log_choose(a + x - 1, x) + log_choose(b + rows - x - 1, rows - x) - log_choose(a + b + rows - 1, rows);
      },
      [&](std::int64_t x) { return real(rows - x) * real(a + x) / (real(x + 1) * real(b + rows - x - 1)); }, u);
}

struct Sides {
  Counts reference, current;
};

// Fixed bins: one random split of the pooled rows into sides of the same sizes.
void deal(const Sides& seen, Uniforms& uniforms, std::size_t first, std::size_t last, Sides& to) {
  const auto rows_of = [&](const Counts& counts) {
    return static_cast<std::int64_t>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  };
  std::int64_t left = rows_of(seen.reference), rows = left + rows_of(seen.current);
  for (std::size_t k = first; k < last; ++k) {
    const auto here = static_cast<std::int64_t>(seen.reference[k] + seen.current[k]);
    const std::int64_t taken = here == 0 ? 0 : hypergeometric(here, rows, left, uniforms.next());
    to.reference[k] = static_cast<std::uint64_t>(taken);
    to.current[k] = static_cast<std::uint64_t>(here - taken);
    rows -= here;
    left -= taken;
  }
}

// Bins cut at the reference's quantiles, the missing last: rows are split anew and the bins cut anew. The missing are a
// fixed bin. Of the others, the n of the reference leave n + 1 gaps in which each new row is equally likely, and falls
// next to those before it: a Polya urn. The outer gaps belong to the outer bins.
void deal_quantiles(const Sides& seen, Uniforms& uniforms, Sides& to) {
  const std::size_t bins = seen.reference.size() - 1;
  const auto at = [&](std::size_t k) {
    const auto count = static_cast<std::int64_t>(seen.reference[k]);
    return k + 1 == bins || (k == 0 && count == 0) ? count + 1 : count;
  };
  to.reference = seen.reference;
  deal(seen, uniforms, bins, bins + 1, to);
  std::int64_t gaps = 0,
               rows = static_cast<std::int64_t>(seen.current[bins]) - static_cast<std::int64_t>(to.current[bins]);
  for (std::size_t k = 0; k < bins; ++k) {
    gaps += at(k);
    rows += static_cast<std::int64_t>(seen.current[k]);
  }
  for (std::size_t k = 0; k < bins; ++k) {
    gaps -= at(k);
    const std::int64_t here = urn(at(k), gaps, rows, uniforms.next());
    to.current[k] = static_cast<std::uint64_t>(here);
    rows -= here;
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

ShareTails share_tails(const Counts& reference, const Counts& current, Bins bins, const Permutations& permutations) {
  constexpr double kEnough = 50;
  const double psi = population_stability_index(reference, current);
  const double js = jensen_shannon_divergence(reference, current);
  if (std::isnan(psi) || occupied(reference, current) < 2) return {kNone, kNone, ""};
  if (permutations.count == 0 || (!permutations.always && least_expected(reference, current) >= kEnough)) {
    const double scale = 1 / total(reference) + 1 / total(current);
    const double degrees = occupied(reference, current) - 1;
    return {chi_squared_tail(psi / scale, degrees), chi_squared_tail(8 * std::numbers::ln2 * js / scale, degrees),
            "asymptotic"};
  }
  const Sides seen{reference, current};
  Sides dealt = seen;
  int psi_above = 0, js_above = 0;
  for (int b = 0; b < permutations.count; ++b) {
    Uniforms uniforms(permutations.seed, static_cast<std::uint32_t>(b));
    if (bins == Bins::quantiles)
      deal_quantiles(seen, uniforms, dealt);
    else
      deal(seen, uniforms, 0, reference.size(), dealt);
    // Equal splits differ in the last bits only.
    psi_above += population_stability_index(dealt.reference, dealt.current) >= psi * (1 - 1e-12);
    js_above += jensen_shannon_divergence(dealt.reference, dealt.current) >= js * (1 - 1e-12);
  }
  const double all = 1. + permutations.count;
  return {(1. + psi_above) / all, (1. + js_above) / all, "permutation"};
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

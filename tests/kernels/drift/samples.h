// Columns to test on: with and without ties, infinities, missing values, one value only.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/portable.h"

namespace bakeoff::kernels::testing {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct NamedSample {
  std::string name;
  std::vector<double> values;
};

inline std::vector<NamedSample> samples(Index n, unsigned seed) {
  std::mt19937_64 rng(seed + static_cast<unsigned>(n));
  std::normal_distribution<double> normal;
  const auto make = [&](const char* name, auto draw) {
    NamedSample s{name, {}};
    for (Index i = 0; i < n; ++i) s.values.push_back(draw());
    return s;
  };
  return {make("normal", [&] { return normal(rng); }),
          make("ties", [&] { return static_cast<double>(rng() % 7) - 3; }),
          make("constant", [&] { return 42.5; }),
          make("float", [&] { return static_cast<double>(static_cast<float>(normal(rng))); }),
          make("close", [&] { return 1e9 + 1e-7 * static_cast<double>(rng() % 1000); }),
          make("zeros", [&] { return rng() % 2 ? -0.0 : 0.0; }),
          make("infinite", [&] { return rng() % 3 == 0   ? kInfinity
                                        : rng() % 3 == 0 ? -kInfinity
                                                         : normal(rng); }),
          make("tiny", [&] { return normal(rng) * 1e-310; })};
}

inline std::vector<double> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

inline bool same_bits(double a, double b) {
  return __builtin_bit_cast(std::uint64_t, a) == __builtin_bit_cast(std::uint64_t, b);
}

}  // namespace bakeoff::kernels::testing

// The CUDA bootstrap of the curves against the folds in a loop, bit for bit.
#include "kernels/resample/curve_bootstrap.cuh"

#include <gtest/gtest.h>

#include "../ranking/curve_oracle.h"

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;
using testing::kQueries;
using testing::kQueryCount;
using testing::Ranked;

constexpr RngKey kKey{21, 43};

std::vector<CurveState> on_device(const std::vector<RankingView>& rankings, const ResampleUnits& units,
                                  const double* weights, const Resamples& range) {
  const auto count = static_cast<Index>(rankings.size());
  std::vector<CurveState> out(static_cast<std::size_t>(kQueryCount * count * range.count));
  const std::size_t bytes = curve_bootstrap_scratch_bytes(Stream{}, rankings.data(), count, range);
  std::vector<std::uint64_t> scratch(bytes / 8 + 1, 0xabababababababab);
  curve_bootstrap(Stream{}, rankings.data(), count, units, weights, kQueries, kQueryCount, range,
                  {out.data(), {kQueryCount, count, range.count}, {count * range.count, range.count, 1}},
                  scratch.data());
  return out;
}

// Around the 128 ranks of a stage and the 4,096 of a chunk; 13 resamples leave half a group and most threads idle.
TEST(CurveBootstrapEmulation, GivesTheBitsOfTheFold) {
  for (const Index n : scale<std::vector<Index>>({1, 127, 129, 4097}, {129})) {
    std::mt19937_64 rng(6);
    std::vector<double> weights(static_cast<std::size_t>(n));
    for (double& w : weights) w = rng() % 10 == 0 ? 0.0 : std::exponential_distribution<double>()(rng);
    const auto cases = testing::score_cases<float>(n);
    for (std::size_t i = 0; i<cases.size(); i += n> 1000 || scale(0, 1) ? 4 : 1) {
      const Ranked r = ranked(cases[i]);
      const double* const given = i % 2 ? weights.data() : nullptr;
      const ResampleUnits units = ResampleUnits::rows(n, 1000);
      const auto got = on_device({{}, r.view()}, units, given, {kKey, 13, 8});
      for (int q = 0; q < kQueryCount; ++q)
        for (const int b : {0, 12}) {
          const auto weight = [&](std::uint32_t row) {
            const int drawn = unit_weight(kKey, 1000 + row, 8 + static_cast<std::uint32_t>(b));
            return given ? drawn * given[row] : drawn;
          };
          ASSERT_EQ(got[static_cast<std::size_t>((q * 2 + 1) * 13 + b)],
                    testing::in_order(r.view(), kQueries[q], weight))
              << cases[i].name << ", " << n << " rows, query " << q << ", resample " << b;
          ASSERT_EQ(got[static_cast<std::size_t>(q * 2 * 13 + b)], CurveState{});
        }
    }
  }
}

TEST(CurveBootstrapEmulation, GivesTheSameBitsUnderEverySchedule) {
  const Ranked r = ranked(testing::score_cases<float>(400)[4]);
  const ResampleUnits units = ResampleUnits::rows(400);
  const auto expected = on_device({r.view()}, units, nullptr, {kKey, 16});
  for (unsigned seed = 1; seed <= scale(10u, 1u); ++seed) {
    Options options;
    options.seed = seed;
    const ScopedOptions scoped(options);
    EXPECT_EQ(on_device({r.view()}, units, nullptr, {kKey, 16}), expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bakeoff::kernels

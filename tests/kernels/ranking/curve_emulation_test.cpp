// The CUDA kernels against the folds in a loop, bit for bit: the oracle that the CPU's tests hold to, too.
#include "kernels/ranking/curve.cuh"

#include <gtest/gtest.h>

#include "curve_oracle.h"

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;
using testing::kQueries;
using testing::kQueryCount;
using testing::Ranked;

std::vector<CurveState> on_device(const RankingView& ranking, const double* weights) {
  std::vector<CurveState> out(kQueryCount);
  const Index chunks = chunk_count(ranking.rows);
  std::vector<std::uint64_t> scratch(static_cast<std::size_t>(chunks) * (5 + 4 + kMaxCurves) + 64, 0xabababababababab);
  curve_states(Stream{}, ranking, weights, kQueries, kQueryCount, out.data(), scratch.data());
  return out;
}

TEST(CurveEmulation, GivesTheBitsOfTheFold) {
  for (const Index n : scale<std::vector<Index>>({1, 2, 4096, 4097, 9000}, {130, 4097})) {
    std::mt19937_64 rng(6);
    std::vector<double> weights(static_cast<std::size_t>(n));
    for (double& w : weights) w = rng() % 10 == 0 ? 0.0 : std::exponential_distribution<double>()(rng);
    for (const auto& c : testing::score_cases<float>(n)) {
      const Ranked r = ranked(c);
      for (const bool weighted : {false, true}) {
        const auto got = on_device(r.view(), weighted ? weights.data() : nullptr);
        for (int q = 0; q < kQueryCount; ++q)
          ASSERT_EQ(got[q], testing::in_order(r.view(), kQueries[q],
                                              [&](std::uint32_t row) { return weighted ? weights[row] : 1.0; }))
              << c.name << ", " << n << " rows, query " << q;
      }
    }
  }
  for (const CurveState& state : on_device({}, nullptr)) EXPECT_EQ(state, CurveState{});
}

TEST(CurveEmulation, GivesTheSameBitsUnderEverySchedule) {
  const Ranked r = ranked(testing::score_cases<float>(5000)[4]);
  const auto expected = on_device(r.view(), nullptr);
  for (unsigned seed = 1; seed <= scale(10u, 1u); ++seed) {
    Options options;
    options.seed = seed;
    const ScopedOptions scoped(options);
    EXPECT_EQ(on_device(r.view(), nullptr), expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bakeoff::kernels

// The inner loop in vectors of 64 bytes, as AVX-512 machines run it, here in plain C++: the same layout and arithmetic,
// without the instructions. So that path is tested on every machine.
#define BAKEOFF_ISA wide
#define BAKEOFF_LANE_BYTES 64
#pragma GCC diagnostic ignored "-Wpsabi"
#include "kernels/resample/auc_bootstrap_simd.cpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "kernels/resample/auc_bootstrap_span.h"

namespace bakeoff::kernels {
namespace {

TEST(WideAucBootstrap, SixtyFourByteVectorsFoldLikeTheBaseline) {
  std::mt19937 rng(1);
  for (int chance_of_tie : {0, 20, 60, 97, 100}) {
    const Index n = 3000;
    std::vector<std::uint8_t> flags;
    for (Index i = 0; i < n; ++i) {
      const bool begins = i == 0 || static_cast<int>(rng() % 100) >= chance_of_tie;
      // Negatives come first in a group.
      const bool positive = rng() % 3 == 0 || (!begins && flags.back() & kRankPositive);
      flags.push_back(static_cast<std::uint8_t>((positive ? kRankPositive : 0) | (begins ? kRankBeginsGroup : 0)));
    }
    std::vector<std::uint8_t> table(static_cast<std::size_t>(50 * kAucLanes));
    for (auto& w : table) w = static_cast<std::uint8_t>(rng() % 9);
    AucTile baseline{}, wide{};
    const RankingView ranking{nullptr, flags.data(), n};
    AucSpanBuilder builder(ranking, 0, n);
    AucSpan span;
    while (!builder.done()) {
      builder.build(span);
      std::uint32_t place[kAucSpanRanks];
      for (auto& p : place) p = rng() % 50;
      v2::fold_span(span, {table.data(), place}, baseline);
      wide::fold_span(span, {table.data(), place}, wide);
    }
    ASSERT_EQ(std::memcmp(&baseline, &wide, sizeof wide), 0) << "ties " << chance_of_tie;
    ASSERT_GT(wide.positive[63] + wide.open_positive[63], 0u);
  }
}

}  // namespace
}  // namespace bakeoff::kernels

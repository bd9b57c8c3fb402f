// The CUDA walk over two sorted samples against the same order of sums in a plain loop.
#include "kernels/drift/two_sample.cuh"

#include <gtest/gtest.h>

#include "samples.h"

namespace bakeoff::kernels {
namespace {

using emulation::scale;
using testing::samples;
using testing::sorted;

// two_sample_tbb.cpp without its library: oneTBB gives false alarms under TSan.
TwoSample plain(const SortedPair& pair) {
  MergeWalk walk{pair.a, pair.b, pair.n, pair.m, 0, pair.m, pair.n};
  std::vector<TwoSample> chunks;
  for (Index begin = 0; begin < pair.ranks(); begin += kChunkRows) {
    std::vector<TwoSample> lanes(kLanes);
    for (Index rank = begin; rank < std::min(begin + kChunkRows, pair.ranks()); ++rank)
      walk.step(lanes[static_cast<std::size_t>((rank - begin) / kLaneRanks)]);
    halve(lanes.data(), kLanes, [](const TwoSample& x, const TwoSample& y) { return merge(x, y); });
    chunks.push_back(lanes[0]);
  }
  if (chunks.empty()) return {};
  halve(chunks.data(), static_cast<Index>(chunks.size()),
        [](const TwoSample& x, const TwoSample& y) { return merge(x, y); });
  return chunks[0];
}

TEST(TwoSampleEmulation, SameBitsAsThePlainLoop) {
  using Sizes = std::vector<std::pair<Index, Index>>;
  for (const auto& [n, m] :
       scale<Sizes>({{0, 0}, {1, 0}, {0, 3}, {15, 1}, {17, 4079}, {4096, 1}, {5000, 9000}}, {{0, 3}, {4100, 100}}))
    for (const auto& a : samples(n, 1)) {
      const std::vector<double> x = sorted(a.values);
      for (const auto& b : samples(m, 2)) {
        const std::vector<double> y = sorted(b.values);
        const SortedPair pair{x.data(), y.data(), n, m};
        TwoSample got{-7, -7};
        std::vector<TwoSample> scratch(two_sample_scratch_bytes(pair.ranks()) / sizeof(TwoSample), TwoSample{9, 9});
        two_sample(Stream{}, pair, &got, scratch.data());
        const TwoSample want = plain(pair);
        ASSERT_EQ(got.gap, want.gap) << a.name << " " << b.name << " " << n << " " << m;
        ASSERT_TRUE(testing::same_bits(got.area, want.area)) << a.name << " " << b.name << " " << n << " " << m;
      }
    }
}

}  // namespace
}  // namespace bakeoff::kernels

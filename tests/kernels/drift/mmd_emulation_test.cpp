// The CUDA tiles against the same order of sums in a plain loop.
#include "kernels/drift/mmd.cuh"

#include <gtest/gtest.h>

#include "mmd_cases.h"

namespace bakeoff::kernels {
namespace {

using emulation::scale;

// mmd_tbb.cpp without its library: oneTBB gives false alarms under TSan.
MmdSums plain_order(const MmdRows& rows, Index deal) {
  std::vector<MmdSums> pairs;
  for (Index pair = 0; pair < rows.pairs(); ++pair) {
    const TilePair at = tile_pair(pair, rows.tiles());
    std::vector<MmdSums> lanes;
    for (Index j = 0; j < kMmdTile; ++j) {
      double across = 0, row = 0, column = 0;
      for (Index i = 0; i < kMmdTile; ++i) {
        const double k = rows.kernel(at.first * kMmdTile + i, at.second * kMmdTile + j);
        across += rows.side(deal, at.first * kMmdTile + i) * k;
        row += rows.kernel(at.first * kMmdTile + j, at.second * kMmdTile + i);
        column += k;
      }
      const double second = rows.side(deal, at.second * kMmdTile + j), first = rows.side(deal, at.first * kMmdTile + j);
      lanes.push_back(at.first == at.second ? MmdSums{second * across, first * row}
                                            : MmdSums{2 * (second * across), first * row + second * column});
    }
    halve(lanes.data(), kMmdTile, [](const MmdSums& x, const MmdSums& y) { return merge(x, y); });
    pairs.push_back(lanes[0]);
  }
  if (pairs.empty()) return {};
  halve(pairs.data(), rows.pairs(), [](const MmdSums& x, const MmdSums& y) { return merge(x, y); });
  return pairs[0];
}

TEST(MmdEmulation, SameBitsAsThePlainLoop) {
  for (Index n : scale<std::vector<Index>>({0, 1, 64, 65, 150}, {0, 65})) {
    const testing::MmdCase c(n, 3, 3);
    std::vector<MmdSums> sums(3, MmdSums{-1, -1}), scratch(mmd_scratch_bytes(c.rows) / sizeof(MmdSums) + 1);
    mmd_sums(Stream{}, c.rows, sums.data(), scratch.data());
    for (Index deal = 0; deal < 3; ++deal) {
      const MmdSums want = plain_order(c.rows, deal);
      ASSERT_EQ(sums[static_cast<std::size_t>(deal)].within, want.within) << n;
      ASSERT_EQ(sums[static_cast<std::size_t>(deal)].from, want.from) << n;
    }
  }
}

}  // namespace
}  // namespace bakeoff::kernels

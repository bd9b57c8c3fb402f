#include "kernels/drift/mmd.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mmd_cases.h"

namespace bakeoff::kernels {
namespace {

std::vector<MmdSums> summed(const MmdRows& rows, int threads) {
  std::vector<MmdSums> sums(static_cast<std::size_t>(rows.deals), MmdSums{-1, -1});
  std::vector<MmdSums> scratch(mmd_scratch_bytes(rows) / sizeof(MmdSums) + 1);
  mmd_sums(Workers(threads), rows, sums.data(), scratch.data());
  return sums;
}

// 64 rows are a tile.
TEST(Mmd, SumsAreThoseOfAllPairs) {
  for (Index n : {0, 1, 2, 63, 64, 65, 200}) {
    const testing::MmdCase c(n, 3, 5);
    const std::vector<MmdSums> sums = summed(c.rows, 2);
    for (Index deal = 0; deal < 5; ++deal) {
      const MmdSums want = c.plain(deal);
      ASSERT_NEAR(sums[static_cast<std::size_t>(deal)].within, want.within, 1e-11 * (1 + want.within)) << n;
      ASSERT_NEAR(sums[static_cast<std::size_t>(deal)].from, want.from, 1e-11 * (1 + want.from)) << n;
    }
  }
}

TEST(Mmd, SameBitsWithAnyThreads) {
  const testing::MmdCase c(300, 2, 4);
  const std::vector<MmdSums> one = summed(c.rows, 1);
  for (int threads : {2, 7, 16}) {
    const std::vector<MmdSums> more = summed(c.rows, threads);
    for (std::size_t deal = 0; deal < 4; ++deal) {
      ASSERT_EQ(one[deal].within, more[deal].within);
      ASSERT_EQ(one[deal].from, more[deal].from);
    }
  }
}

TEST(Mmd, IsTheUnbiasedEstimate) {
  const testing::MmdCase c(90, 2, 2);
  const std::vector<MmdSums> sums = summed(c.rows, 1);
  double xx = 0, yy = 0, xy = 0;
  for (Index i = 0; i < 90; ++i)
    for (Index j = 0; j < 90; ++j) (i < 30 && j < 30 ? xx : i >= 30 && j >= 30 ? yy : xy) += c.rows.kernel(i, j);
  const double want = xx / (30 * 29) + yy / (60 * 59) - xy / (30 * 60);  // xy has both halves
  EXPECT_NEAR(mmd_squared(sums[1], sums[0], 30, 60), want, 1e-13);
}

}  // namespace
}  // namespace bakeoff::kernels

#include "candidates/strategy/sobol_sequence.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace bakeoff {
namespace {

constexpr kernels::RngKey kKey = kernels::RngKey::from_seed(12345);

// scipy.stats.qmc.Sobol(12, scramble=False), points 100, 777 and 1023 times 1024 (Joe and Kuo's numbers, too).
TEST(SobolSequence, IsThatOfJoeAndKuo) {
  const std::map<int, std::vector<std::uint32_t>> expected = {
      {0, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
      {100, {424, 264, 792, 744, 904, 760, 24, 488, 648, 712, 472, 696}},
      {777, {709, 959, 167, 281, 651, 365, 195, 781, 357, 331, 763, 713}},
      {1023, {1, 771, 627, 149, 191, 449, 143, 633, 353, 871, 695, 37}}};
  SobolSequence sequence(12);
  for (int i = 0; i < 1024; ++i) {
    std::vector<std::uint32_t> point = sequence.next();
    for (std::uint32_t& coordinate : point) coordinate >>= 22;
    const auto at = expected.find(i);
    EXPECT_TRUE(at == expected.end() || point == at->second) << i;
  }
}

TEST(OwenScramble, KeepsEveryDyadicIntervalsShare) {
  SobolSequence sequence(2);
  std::set<std::uint32_t> first, second;
  std::set<std::pair<std::uint32_t, std::uint32_t>> cells;
  for (int i = 0; i < 256; ++i) {
    const std::vector<std::uint32_t> point = sequence.next();
    const std::uint32_t a = owen_scramble(point[0], 0, kKey), b = owen_scramble(point[1], 1, kKey);
    first.insert(a >> 24);
    second.insert(b >> 24);
    cells.insert({a >> 28, b >> 28});
  }
  EXPECT_EQ(first.size(), 256u);  // one point in each of 256 intervals of each axis
  EXPECT_EQ(second.size(), 256u);
  EXPECT_EQ(cells.size(), 256u);  // and in each of 16 x 16 squares
}

TEST(OwenScramble, MovesAPointAnywhere) {
  double sum = 0, squares = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const double u = owen_scramble(0, 3, kernels::RngKey::from_seed(seed)) * 0x1p-32;
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / 2000, 0.5, 5 * 0.2887 / 44.7);  // five standard errors of a uniform mean
  EXPECT_NEAR(squares / 2000, 1 / 3.0, 5 * 0.298 / 44.7);
}

TEST(OwenScramble, DiffersBetweenDimensionsAndKeys) {
  EXPECT_NE(owen_scramble(0, 0, kKey), owen_scramble(0, 1, kKey));
  EXPECT_NE(owen_scramble(0, 0, kKey), owen_scramble(0, 0, kernels::RngKey::from_seed(1)));
}

TEST(OwenScramble, IsOneToOne) {
  std::set<std::uint32_t> seen;
  for (std::uint32_t i = 0; i < 4096; ++i) seen.insert(owen_scramble(i * 1048576u + i, 0, kKey));
  EXPECT_EQ(seen.size(), 4096u);
}

}  // namespace
}  // namespace bakeoff

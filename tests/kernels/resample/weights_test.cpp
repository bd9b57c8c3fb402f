#include "kernels/resample/weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {
namespace {

// METRICS.md written down once more, bit by bit.
int law(std::uint64_t seed, std::int64_t unit, std::uint32_t resample) {
  const auto u = static_cast<std::uint64_t>(unit);
  const Counter bits =
      philox({static_cast<std::uint32_t>(seed & 0xffffffff), static_cast<std::uint32_t>(seed >> 32)},
             {{static_cast<std::uint32_t>(u & 0xffffffff), static_cast<std::uint32_t>(u >> 32), resample >> 3, 1}});
  const std::uint32_t word = bits.word[(resample & 7) / 2];
  const std::uint32_t draw = resample & 1 ? word >> 16 : word & 0xffff;
  int weight = 0;
  for (const std::uint32_t threshold : {24109, 48219, 60273, 64292, 65296, 65497, 65531, 65535})
    weight += threshold <= draw;
  return weight;
}

std::vector<std::int64_t> units_of_all_kinds() {
  std::vector<std::int64_t> units = {0,
                                     1,
                                     -1,
                                     std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max(),
                                     Index{1} << 32,
                                     -(Index{1} << 32)};
  std::mt19937_64 random(1);
  for (int i = 0; i < 50; ++i) units.push_back(static_cast<std::int64_t>(random()));
  return units;
}

TEST(WeightLaw, IsThatOfTheDocument) {
  const std::uint64_t seed = 0x123456789abcdef0u;
  for (const std::int64_t unit : units_of_all_kinds())
    for (const std::uint32_t resample : {0u, 1u, 7u, 8u, 999u, 2000u, 0xffffffffu})
      EXPECT_EQ(unit_weight(RngKey::from_seed(seed), unit, resample), law(seed, unit, resample))
          << unit << ", resample " << resample;
}

TEST(WeightLaw, IsPoissonWithMeanExactlyOneOverAllDraws) {
  std::int64_t count[kMaxWeight + 1] = {}, total = 0;
  for (int draw = 0; draw < 65536; ++draw) {
    const int weight = poisson_weight(static_cast<std::uint16_t>(draw));
    ASSERT_LE(weight, kMaxWeight);
    ++count[weight];
    total += weight;
  }
  EXPECT_EQ(total, 65536);
  double probability = std::exp(-1.0);
  for (int k = 0; k <= kMaxWeight; ++k, probability /= k)
    EXPECT_NEAR(static_cast<double>(count[k]), probability * 65536, 1.5) << "weight " << k;
}

class WeightTiles : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!supports(GetParam())) GTEST_SKIP() << "this CPU lacks the instruction set";
  }
};

void expect_law(const WeightTile& tile, std::uint64_t seed, Isa isa) {
  constexpr std::uint8_t kGuard = 0xee;
  const Index size = tile.count * tile.resamples();
  std::vector<std::uint8_t> out(size + 64, kGuard);
  fill_weights(tile, out.data(), isa);
  for (Index i = 0; i < tile.count; ++i)
    for (int r = 0; r < tile.resamples(); ++r) {
      const std::int64_t unit = tile.units ? tile.units[i] : tile.first_unit + i;
      ASSERT_EQ(out[i * tile.resamples() + r], law(seed, unit, tile.first_group * 8 + r))
          << "unit " << unit << ", resample " << r << " of the tile, " << tile.groups << " groups";
    }
  for (Index i = size; i < size + 64; ++i) ASSERT_EQ(out[i], kGuard) << "written past the end";
}

TEST_P(WeightTiles, FollowTheLawForEveryNumberOfGroups) {
  const std::uint64_t seed = 0xfedcba9876543210u;
  const std::vector<std::int64_t> units = units_of_all_kinds();
  for (int groups = 1; groups <= 18; ++groups)
    for (const std::uint32_t first : {0u, 3u, 1000u}) {
      WeightTile tile;
      tile.key = RngKey::from_seed(seed);
      tile.units = units.data();
      tile.count = static_cast<Index>(units.size());
      tile.first_group = first;
      tile.groups = groups;
      expect_law(tile, seed, GetParam());
    }
}

TEST_P(WeightTiles, CountUnitsThatAreRowsAcrossTheLowWord) {
  WeightTile tile;
  tile.key = RngKey::from_seed(5);
  tile.first_unit = (Index{1} << 32) - 20;
  tile.count = 40;
  tile.groups = 8;
  expect_law(tile, 5, GetParam());
}

// Weights of 6, 7 and 8 take a path of their own.
TEST_P(WeightTiles, MeetEveryWeight) {
  WeightTile tile;
  tile.key = RngKey::from_seed(6);
  tile.count = 20'000;
  tile.groups = 8;
  std::vector<std::uint8_t> out(tile.count * tile.resamples());
  fill_weights(tile, out.data(), GetParam());
  std::int64_t count[kMaxWeight + 1] = {};
  for (Index i = 0; i < tile.count; ++i)
    for (int r = 0; r < 64; ++r) {
      ASSERT_EQ(out[i * 64 + r], unit_weight(tile.key, i, r));
      ++count[out[i * 64 + r]];
    }
  for (int k = 0; k <= kMaxWeight; ++k) EXPECT_GT(count[k], 0) << "weight " << k;
}

INSTANTIATE_TEST_SUITE_P(AllIsas, WeightTiles, testing::Values(Isa::v2, Isa::v3, Isa::v4),
                         [](const auto& info) { return "v" + std::to_string(static_cast<int>(info.param) + 2); });

}  // namespace
}  // namespace bakeoff::kernels

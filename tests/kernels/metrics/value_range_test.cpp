#include "kernels/metrics/value_range.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/metrics/value_range_simd.h"

namespace bakeoff::kernels {
namespace {

template <class T>
ValueRange run(const std::vector<T>& values, int threads = 2, Index stride = 1) {
  return value_range(Workers(threads), values.data(), stride, static_cast<Index>(values.size()) / stride);
}

template <class T>
void expect_range(Index n) {
  std::mt19937_64 random(static_cast<std::uint64_t>(n));
  std::vector<T> values;
  for (Index i = 0; i < n; ++i) values.push_back(static_cast<T>(static_cast<double>(random() % 2000) / 1000 - 1));
  const ValueRange got = run(values);
  EXPECT_EQ(got.low, *std::min_element(values.begin(), values.end())) << n;
  EXPECT_EQ(got.high, *std::max_element(values.begin(), values.end())) << n;
  EXPECT_TRUE(got.finite);
}

TEST(ValueRange, IsThatOfALoop) {
  for (const Index n : {1, 2, 63, 64, 65, 70'000, 300'001}) {
    expect_range<float>(n);
    expect_range<double>(n);
  }
}

TEST(ValueRange, SeesOneBadValueWhereverItIs) {
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL})
    for (const std::size_t at : {0, 63, 64, 99'999, 140'000}) {
      std::vector<double> values(140'001, 1.0);
      values[at] = bad;
      EXPECT_FALSE(run(values).finite) << bad << " " << at;
      EXPECT_FALSE(run(values).zero_or_one) << bad << " " << at;
      values[at] = .5;
      EXPECT_TRUE(run(values).finite);
      EXPECT_FALSE(run(values).zero_or_one);
      values[at] = 0;
      EXPECT_TRUE(run(values).zero_or_one);
      EXPECT_EQ(count_nonzero(Workers(2), values.data(), 140'001), 140'000);
    }
}

TEST(ValueRange, OfNothingIsEmpty) {
  const ValueRange got = run(std::vector<double>{});
  EXPECT_TRUE(got.finite && got.zero_or_one && got.low > got.high);
}

TEST(ValueRange, ReadsStridedValues) {
  std::vector<float> values(600);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 3 == 0 ? static_cast<float>(i) : -1e9f;
  const ValueRange got = run(values, 2, 3);
  EXPECT_EQ(got.low, 0);
  EXPECT_EQ(got.high, 597);
}

TEST(ValueRange, IsTheSameWithEveryInstructionSet) {
  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<double>(i));
  for (const Isa isa : {Isa::v2, Isa::v3, Isa::v4}) {
    if (!supports(isa)) continue;
    const ValueRange got = BAKEOFF_FOR_ISA(isa, range_of(values.data(), 1, 1000));
    EXPECT_EQ(got.low, *std::min_element(values.begin(), values.end()));
    EXPECT_EQ(got.high, *std::max_element(values.begin(), values.end()));
    EXPECT_EQ(BAKEOFF_FOR_ISA(isa, nonzero_of(values.data(), 1000)), 999);
  }
}

}  // namespace
}  // namespace bakeoff::kernels

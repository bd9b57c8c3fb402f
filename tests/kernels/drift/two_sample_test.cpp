// The walk over two sorted samples against the definitions: distribution functions at every value, one by one.
#include "kernels/drift/two_sample.h"

#include <gtest/gtest.h>

#include "samples.h"

namespace bakeoff::kernels {
namespace {

using testing::kInfinity;
using testing::samples;
using testing::sorted;

TwoSample walked(const SortedPair& pair, int threads) {
  const Workers workers(threads);
  TwoSample out{-5, -5};
  std::vector<TwoSample> scratch(two_sample_scratch_bytes(pair.ranks()) / sizeof(TwoSample));
  two_sample(workers, pair, &out, scratch.data());
  return out;
}

SortedPair pair_of(const std::vector<double>& a, const std::vector<double>& b) {
  return {a.data(), b.data(), static_cast<Index>(a.size()), static_cast<Index>(b.size())};
}

double share_at_most(const std::vector<double>& sorted_values, double x) {
  const auto at = std::upper_bound(sorted_values.begin(), sorted_values.end(), x);
  return static_cast<double>(at - sorted_values.begin()) / static_cast<double>(sorted_values.size());
}

struct Definition {
  double ks = 0, w1 = 0;
};
Definition by_definition(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  Definition d;
  for (std::size_t k = 0; k + 1 < all.size(); ++k) {
    const double gap = std::abs(share_at_most(a, all[k]) - share_at_most(b, all[k]));
    d.ks = std::max(d.ks, gap);
    if (gap > 1e-15) d.w1 += gap * (all[k + 1] - all[k]);
  }
  return d;
}

// 16 and 4,096 ranks: where lanes and chunks end.
TEST(TwoSample, IsTheDefinition) {
  for (const auto& [n, m] :
       {std::pair<Index, Index>{1, 1}, {1, 30}, {8, 8}, {9, 8}, {300, 7}, {4096, 4096}, {5000, 3193}})
    for (const auto& a : samples(n, 1))
      for (const auto& b : samples(m, 2)) {
        const std::vector<double> x = sorted(a.values), y = sorted(b.values);
        const SortedPair pair = pair_of(x, y);
        const TwoSample got = walked(pair, 2);
        const Definition want = by_definition(x, y);
        ASSERT_NEAR(ks_statistic(got, pair), want.ks, 1e-14) << a.name << " " << b.name << " " << n << " " << m;
        if (std::isinf(want.w1))
          ASSERT_EQ(wasserstein(got, pair), want.w1);
        else
          ASSERT_NEAR(wasserstein(got, pair), want.w1, 1e-12 * std::max(1e-300, want.w1)) << a.name << " " << b.name;
      }
}

TEST(TwoSample, SameBitsWithAnyThreads) {
  for (const auto& a : samples(20011, 3)) {
    const std::vector<double> x = sorted(a.values), y = sorted(samples(17000, 4)[0].values);
    const TwoSample one = walked(pair_of(x, y), 1);
    for (int threads : {2, 3, 5, 8, 16}) {
      const TwoSample more = walked(pair_of(x, y), threads);
      ASSERT_EQ(one.gap, more.gap);
      ASSERT_TRUE(testing::same_bits(one.area, more.area)) << a.name;
    }
  }
}

TEST(TwoSample, IsSymmetricAndZeroOnTheSameSample) {
  const std::vector<double> x = sorted(samples(5000, 5)[0].values), y = sorted(samples(3000, 6)[1].values);
  const TwoSample there = walked(pair_of(x, y), 2), back = walked(pair_of(y, x), 2);
  EXPECT_EQ(there.gap, back.gap);
  EXPECT_NEAR(there.area, back.area, 1e-12 * there.area);
  const TwoSample same = walked(pair_of(x, x), 2);
  EXPECT_EQ(same.gap, 0);
  EXPECT_EQ(same.area, 0);
}

TEST(TwoSample, NoOverlapIsOneAndTheShift) {
  std::vector<double> x(1000), y(1500, 10);
  const SortedPair pair = pair_of(x, y);
  const TwoSample got = walked(pair, 1);
  EXPECT_EQ(ks_statistic(got, pair), 1);
  EXPECT_DOUBLE_EQ(wasserstein(got, pair), 10);
}

TEST(TwoSample, EqualSharesAtInfinityCostNothing) {
  const std::vector<double> x = {0, 1, kInfinity}, y = {0, 3, kInfinity}, z = {0, 3, 4};
  EXPECT_DOUBLE_EQ(wasserstein(walked(pair_of(x, y), 1), pair_of(x, y)), 2. / 3);
  EXPECT_EQ(wasserstein(walked(pair_of(x, z), 1), pair_of(x, z)), kInfinity);
}

TEST(TwoSample, AnEmptySampleHasNoStatistic) {
  const std::vector<double> x = {1, 2}, none;
  EXPECT_TRUE(std::isnan(ks_statistic(walked(pair_of(x, none), 1), pair_of(x, none))));
  EXPECT_TRUE(std::isnan(wasserstein(walked(pair_of(none, none), 1), pair_of(none, none))));
}

// Without 2^62 values: |i m - j n| of two samples of 2^31 - 1 must not overflow on the way.
TEST(TwoSample, GapsOfThelargestSamplesFit) {
  const double value = 1, next = 2;
  const Index n = (Index{1} << 31) - 1;
  MergeWalk walk{&value, &next, 1, 1, (n - 1) * n, n, n};
  TwoSample to;
  walk.step(to);
  EXPECT_EQ(to.gap, n * n);
  EXPECT_DOUBLE_EQ(to.area, static_cast<double>(n) * static_cast<double>(n));
}

}  // namespace
}  // namespace bakeoff::kernels

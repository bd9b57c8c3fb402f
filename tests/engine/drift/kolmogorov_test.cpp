// Tails of the Kolmogorov-Smirnov statistic against all orders of small samples, and known values.
#include "drift/kolmogorov.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace bakeoff {
namespace {

// Over all (n + m choose n) orders.
double counted(int n, int m, std::int64_t gap) {
  std::vector<int> order(static_cast<std::size_t>(n + m), 0);
  std::fill(order.begin() + m, order.end(), 1);
  double all = 0, beyond = 0;
  do {
    std::int64_t at = 0, largest = 0;
    for (int from : order) {
      at += from ? m : -n;
      largest = std::max(largest, std::abs(at));
    }
    ++all;
    beyond += largest >= gap;
  } while (std::next_permutation(order.begin(), order.end()));
  return beyond / all;
}

TEST(TwoSampleTail, IsTheShareOfAllOrders) {
  for (const auto& [n, m] : {std::pair{1, 1}, {1, 7}, {5, 5}, {6, 4}, {7, 8}, {3, 12}})
    for (std::int64_t gap = 0; gap <= n * m; ++gap)
      ASSERT_NEAR(two_sample_tail(n, m, gap), counted(n, m, gap), 1e-12) << n << " " << m << " " << gap;
}

TEST(TwoSampleTail, IsSymmetricAndSmallAnswersKeepTheirDigits) {
  EXPECT_NEAR(two_sample_tail(300, 200, 30000) / two_sample_tail(200, 300, 30000), 1, 1e-10);
  // No overlap: two orders of all.
  const double all = std::lgamma(151) - std::lgamma(101) - std::lgamma(51);
  EXPECT_NEAR(two_sample_tail(100, 50, 5000) / (2 * std::exp(-all)), 1, 1e-9);
}

// n = 10: Marsaglia, Tsang and Wang's own example, K(10, .274) = .6284796154565; the limit: K(.5) = .0360547563,
// K(1) = .7300003283 as z = d sqrt(n).
TEST(KolmogorovTail, HasThePublishedValues) {
  EXPECT_NEAR(kolmogorov_tail(10, .274), 1 - .6284796154565, 1e-12);
  EXPECT_NEAR(kolmogorov_tail(100'000'000, .5e-4), 1 - .0360547563, 5e-5);
  EXPECT_NEAR(kolmogorov_tail(100'000'000, 1e-4), 1 - .7300003283, 5e-5);
  EXPECT_EQ(kolmogorov_tail(7, 1), 0);
  EXPECT_EQ(kolmogorov_tail(7, .05), 1);
  EXPECT_DOUBLE_EQ(kolmogorov_tail(1, .75), .5);  // max(U, 1 - U) >= .75
}

// Where one method takes over from another the answer goes on.
TEST(KolmogorovTail, HasNoSteps) {
  for (std::int64_t n : {140, 141, 5000, 100'000, 100'001})
    for (double z = .3; z < 4; z += .05) {
      const double root = std::sqrt(static_cast<double>(n)), here = kolmogorov_tail(n, z / root);
      const double next = kolmogorov_tail(n, (z + .05) / root);
      ASSERT_LE(next, here + 1e-9) << n << " " << z;
      ASSERT_LT(here - next, .1) << n << " " << z;
    }
}

TEST(KsTail, IsExactUpToTenThousand) {
  EXPECT_TRUE(ks_tail(10'000, 10'000, 1'000'000).exact);
  EXPECT_FALSE(ks_tail(10'001, 10, 10'000).exact);
  EXPECT_TRUE(std::isnan(ks_tail(0, 5, 0).p));
}

}  // namespace
}  // namespace bakeoff

#include "drift/shares.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/adjust.h"
#include "drift/probability.h"

namespace bakeoff {
namespace {

TEST(Shares, AreTheirDefinitions) {
  const Counts p = {10, 30, 60, 0}, q = {40, 30, 20, 10};
  const double psi = .3 * std::log(4) - .4 * std::log(1. / 3) + (.1 - 1e-4) * std::log(1000);
  EXPECT_NEAR(population_stability_index(p, q), psi, 1e-12);
  EXPECT_EQ(population_stability_index(p, p), 0);
  EXPECT_EQ(jensen_shannon_divergence(p, p), 0);
  EXPECT_EQ(jensen_shannon_divergence({5, 0}, {0, 9}), 1);
  EXPECT_DOUBLE_EQ(psi_null_mean(p, q), 3 * .02);
  EXPECT_TRUE(std::isnan(population_stability_index({0, 0}, q)));
}

TEST(Shares, RatesAndTables) {
  const ChiSquared table = chi_squared({10, 20, 30, 0}, {6, 9, 17, 0});  // scipy.stats.chi2_contingency
  EXPECT_NEAR(table.statistic, 0.27157465150403504, 1e-12);
  EXPECT_NEAR(table.p, 0.873028283380073, 1e-12);
  EXPECT_EQ(table.degrees, 2);
  EXPECT_TRUE(std::isnan(chi_squared({5, 0}, {7, 0}).p));
  EXPECT_EQ(rate_change(0, 10, 0, 20).p, 1);
  EXPECT_TRUE(std::isnan(rate_change(0, 0, 0, 20).p));
}

TEST(Probability, TailsAreKnownValues) {
  EXPECT_NEAR(chi_squared_tail(3.841458820694124, 1), .05, 1e-13);
  EXPECT_NEAR(chi_squared_tail(1e6, 1e6), 0.4998119368033945, 1e-8);
  EXPECT_NEAR(chi_squared_tail(200, 10) / 1.6139305336977317e-37, 1, 1e-12);
  EXPECT_NEAR(normal_tail(1.959963984540054), .05, 1e-13);
  EXPECT_NEAR(log_factorial(255) / std::lgamma(256), 1, 1e-15);
  EXPECT_NEAR(log_factorial(256) / std::lgamma(257), 1, 1e-15);
}

TEST(Probability, BenjaminiHochbergLeavesOutWhatIsNoTest) {
  const std::vector<double> q = benjamini_hochberg({.01, std::nan(""), .04, .03, .5});
  EXPECT_NEAR(q[0], .04, 1e-15);
  EXPECT_TRUE(std::isnan(q[1]));
  EXPECT_NEAR(q[2], .16 / 3, 1e-15);
  EXPECT_NEAR(q[3], .16 / 3, 1e-15);
  EXPECT_NEAR(q[4], .5, 1e-15);
}

// Fixed bins: the drawn tail against shuffled rows.
TEST(ShareTails, ArePermutationsOfRows) {
  const Counts reference = {12, 7, 1, 20}, current = {5, 9, 6, 5};
  std::vector<std::size_t> rows;
  for (std::size_t k = 0; k < 4; ++k) rows.insert(rows.end(), reference[k] + current[k], k);
  std::mt19937_64 rng(1);
  const double psi = population_stability_index(reference, current);
  int above = 0;
  constexpr int kShuffles = 20000;
  for (int b = 0; b < kShuffles; ++b) {
    std::shuffle(rows.begin(), rows.end(), rng);
    Counts p(4), q(4);
    for (std::size_t i = 0; i < rows.size(); ++i) ++(i < 40 ? p : q)[rows[i]];
    above += population_stability_index(p, q) >= psi * (1 - 1e-12);
  }
  const double want = above / double(kShuffles);
  EXPECT_NEAR(share_tails(reference, current, Bins::fixed, {20000, true, 3}).psi, want,
              5 * std::sqrt(want / kShuffles));
}

// Quantile bins: shuffled values, cut anew at the quantiles of what then is the reference.
TEST(ShareTails, CutTheBinsAnewWhereTheyAreQuantiles) {
  constexpr std::size_t kRows = 40, kCurrent = 30, kBins = 5;
  const Counts reference = {8, 8, 8, 8, 8, 0}, current = {2, 5, 6, 5, 12, 0};
  const double psi = population_stability_index(reference, current);
  std::vector<double> values(kRows + kCurrent);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  std::mt19937_64 rng(2);
  int above = 0;
  constexpr int kShuffles = 20000;
  for (int b = 0; b < kShuffles; ++b) {
    std::shuffle(values.begin(), values.end(), rng);
    std::sort(values.begin(), values.begin() + kRows);
    Counts q(kBins + 1);
    for (std::size_t i = kRows; i < values.size(); ++i) {
      std::size_t bin = 0;
      while (bin + 1 < kBins && values[i] > values[(bin + 1) * kRows / kBins - 1]) ++bin;
      ++q[bin];
    }
    above += population_stability_index(reference, q) >= psi * (1 - 1e-12);
  }
  const double want = above / double(kShuffles);
  EXPECT_GT(want, .01);
  EXPECT_NEAR(share_tails(reference, current, Bins::quantiles, {20000, true, 3}).psi, want,
              5 * std::sqrt(want / kShuffles));
}

}  // namespace
}  // namespace bakeoff

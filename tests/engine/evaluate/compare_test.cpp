// Paired tests against plain loops.
#include "evaluate/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/adjust.h"
#include "core/error.h"
#include "evaluate/comparing.h"
#include "evaluate/delong.h"
#include "evaluate/intervals.h"
#include "rows.h"

namespace bakeoff {
namespace {

using test::random_rows;
using test::Rows;

EvaluateOptions options_with(std::vector<std::string> metrics, int resamples = 0) {
  EvaluateOptions options;
  options.metrics = std::move(metrics);
  options.resamples = resamples;
  return options;
}

Comparison compared(const Rows& rows, const EvaluateOptions& options, const CompareOptions& how) {
  const Execution execution(Device::cpu, 2);
  return compare(execution, rows.input(), options, evaluate(execution, rows.input(), options), "0", how);
}

// Structural components by all pairs, as the paper has them.
std::vector<double> delong_covariance(const Rows& rows) {
  const std::int64_t n = rows.rows(), m = rows.candidates;
  std::vector<double> cov(static_cast<std::size_t>(m * m));
  for (int label = 0; label < 2; ++label) {
    std::vector<std::vector<double>> v(static_cast<std::size_t>(m));
    for (std::int64_t c = 0; c < m; ++c)
      for (std::int64_t i = 0; i < n; ++i) {
        if (rows.labels[i] != label) continue;
        double sum = 0, others = 0;
        for (std::int64_t j = 0; j < n; ++j) {
          if (rows.labels[j] == label) continue;
          const double d = (label ? 1 : -1) * (rows.scores[c * n + i] - rows.scores[c * n + j]);
          sum += d > 0 ? 1 : d == 0 ? .5 : 0;
          ++others;
        }
        v[c].push_back(sum / others);
      }
    const double size = static_cast<double>(v[0].size());
    for (std::int64_t a = 0; a < m; ++a)
      for (std::int64_t b = 0; b < m; ++b) {
        const double mean_a = std::accumulate(v[a].begin(), v[a].end(), 0.0) / size;
        const double mean_b = std::accumulate(v[b].begin(), v[b].end(), 0.0) / size;
        double sum = 0;
        for (std::size_t i = 0; i < v[a].size(); ++i) sum += (v[a][i] - mean_a) * (v[b][i] - mean_b);
        cov[a * m + b] += sum / (size - 1) / size;
      }
  }
  return cov;
}

TEST(Delong, HasTheCovarianceOfThePaper) {
  Rows rows = random_rows(4, 300, 1);
  rows.slices = {{"odd", {}}};
  for (std::int64_t i = 1; i < 300; i += 2) rows.slices[0].rows.push_back(i);
  const EvaluateInput input = rows.input();
  const UnitIndex units = make_unit_index(input);
  const std::vector<Delong> found = delong(Execution(), input, make_slice_set(input.slices, units, {0, 1}), units);
  for (int s = 0; s < 2; ++s) {
    const std::vector<double> expected = delong_covariance(s == 0 ? rows : rows.only(rows.slices[0].rows));
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[s].covariance[i], expected[i], 1e-15);
  }
}

TEST(Delong, TakesUnitsOfOneRowForRows) {
  Rows rows = random_rows(3, 200, 2);
  const std::vector<double> expected = delong_covariance(rows);
  for (std::int64_t i = 0; i < 200; ++i) rows.units.push_back(1000 - 3 * i);
  const EvaluateInput input = rows.input();
  const UnitIndex units = make_unit_index(input);
  const std::vector<Delong> found = delong(Execution(), input, make_slice_set(input.slices, units, {0}), units);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[0].covariance[i], expected[i], 1e-15);
}

// Each row twice in one unit: the variance of the AUC of the single rows.
TEST(Delong, DoesNotCountRowsOfAUnitTwice) {
  const Rows once = random_rows(1, 400, 3);
  std::vector<std::int64_t> doubled;
  for (std::int64_t i = 0; i < 400; ++i) doubled.insert(doubled.end(), {i, i});
  const Rows twice = once.only(doubled);
  const EvaluateInput input = twice.input();
  const UnitIndex units = make_unit_index(input);
  const std::vector<Delong> found = delong(Execution(), input, make_slice_set(input.slices, units, {0}), units);
  EXPECT_NEAR(found[0].covariance[0], delong_covariance(once)[0], 1e-15);
}

TEST(Delong, TestsTheDifference) {
  const Rows rows = random_rows(3, 500, 4);
  const Comparison found = compared(rows, options_with({"accuracy", "roc_auc"}), {.method = "delong"});
  const std::vector<double> cov = delong_covariance(rows);
  const double error = std::sqrt(cov[0] + cov[8] - 2 * cov[2]);
  EXPECT_NEAR(found.p[5], 2 * normal_cdf(-std::abs(found.difference[5]) / error), 1e-12);
  EXPECT_NEAR(found.high[5] - found.low[5], 2 * 1.959963984540054 * error, 1e-12);
  EXPECT_TRUE(std::isnan(found.p[4]));  // accuracy
  EXPECT_EQ(found.adjust, "holm");
  const Comparison margin = compared(rows, options_with({"roc_auc"}), {.method = "delong", .margin = .01});
  EXPECT_NEAR(margin.p[2], normal_cdf(-(margin.difference[2] + .01) / error), 1e-12);
}

TEST(Delong, SaysNothingOfOneClassAndIsSureOfEqualScores) {
  Rows rows = random_rows(2, 50, 5);
  std::copy_n(rows.scores.begin(), 50, rows.scores.begin() + 50);
  rows.slices = {{"positives", {}}};
  for (std::int64_t i = 0; i < 50; ++i)
    if (rows.labels[i] == 1) rows.slices[0].rows.push_back(i);
  const Comparison found = compared(rows, options_with({"roc_auc"}), {.method = "delong"});
  EXPECT_EQ(found.p[2], 1);
  EXPECT_TRUE(std::isnan(found.p[3]));
}

TEST(Mcnemar, IsTheBinomialTest) {
  // scipy.stats.binomtest(3, 14).pvalue; its mid-p less the probability of 3; chi2.sf(49 / 14, 1)
  EXPECT_NEAR(mcnemar_p(3, 11, "mcnemar"), .057373046875, 1e-12);
  EXPECT_NEAR(mcnemar_p(11, 3, "mcnemar_mid_p"), .057373046875 - 364.0 / 16384, 1e-12);
  EXPECT_NEAR(mcnemar_p(3, 11, "mcnemar_chi2"), .061368829139402156, 1e-12);
  EXPECT_EQ(mcnemar_p(0, 0, "mcnemar"), 1);
  EXPECT_EQ(mcnemar_p(4, 4, "mcnemar"), 1);
}

TEST(Mcnemar, CountsTheRowsOfASlice) {
  Rows rows = random_rows(2, 400, 6);
  rows.slices = {{"half", {}}};
  for (std::int64_t i = 0; i < 200; ++i) rows.slices[0].rows.push_back(2 * i);
  const Comparison found = compared(rows, options_with({"accuracy"}), {.method = "mcnemar"});
  std::int64_t b = 0, c = 0;
  for (const std::int64_t i : rows.slices[0].rows) {
    const bool base = (rows.scores[i] >= .5) == (rows.labels[i] == 1);
    const bool other = (rows.scores[400 + i] >= .5) == (rows.labels[i] == 1);
    b += other && !base, c += base && !other;
  }
  EXPECT_NEAR(found.p[3], mcnemar_p(b, c, "mcnemar"), 1e-15);
  EXPECT_NEAR(found.difference[3], static_cast<double>(b - c) / 200, 1e-12);
  rows.units.assign(400, 1);
  EXPECT_THROW(compared(rows, options_with({"accuracy"}), {.method = "mcnemar"}), SpecError);
}

TEST(Permutation, IsTheSameForAnyOrderOfRowsAndThreads) {
  Rows rows = random_rows(3, 300, 7);
  for (std::int64_t i = 0; i < 300; ++i) rows.units.push_back(i * i % 101);
  std::vector<std::int64_t> order(300);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
  const CompareOptions how{.method = "permutation", .permutations = 130};
  const Comparison a = compared(rows, options_with({"roc_auc", "brier"}), how);
  const Comparison b = compared(rows.only(order), options_with({"roc_auc", "brier"}), how);
  EXPECT_EQ(a.p, b.p);
  EXPECT_EQ(a.adjust, "max_t");
  EXPECT_EQ(a.valid_resamples, 130);
}

TEST(Permutation, FindsADifferenceAndNoneBetweenEqualOnes) {
  Rows rows = random_rows(2, 400, 8);
  for (std::int64_t i = 0; i < 400; ++i) rows.scores[400 + i] = rows.scores[i] + 2 * rows.labels[i];
  const CompareOptions how{.method = "permutation", .permutations = 199};
  const Comparison found = compared(rows, options_with({"roc_auc", "accuracy"}), how);
  EXPECT_EQ(found.p[2], 1.0 / 200);
  EXPECT_EQ(found.p[3], 1.0 / 200);
  std::copy_n(rows.scores.begin(), 400, rows.scores.begin() + 400);
  const Comparison equal = compared(rows, options_with({"roc_auc", "accuracy"}), how);
  EXPECT_EQ(equal.p[2], 1);
  EXPECT_EQ(equal.p[3], 1);
}

TEST(Permutation, TakesEveryMetricOfOnePassButThoseOfShiftedErrors) {
  Rows rows = random_rows(2, 200, 11);
  for (std::int64_t i = 0; i < 200; ++i) rows.values.push_back(std::cos(static_cast<double>(i)));
  const CompareOptions how{.method = "permutation", .permutations = 99};
  const Comparison found = compared(rows, options_with({"roc_auc", "gini", "mean:v"}), how);
  EXPECT_EQ(found.p[3], found.p[4]);
  EXPECT_GT(found.p[5], 0);
  EXPECT_THROW(compared(rows, options_with({"average_precision"}), how), SpecError);
  EvaluateOptions regression = options_with({"explained_variance"});
  regression.task = Task::regression;
  EXPECT_THROW(compared(rows, regression, how), SpecError);
}

TEST(Bootstrap, GivesPAndSimultaneousEndsByItsDefinition) {
  const Rows rows = random_rows(3, 500, 9);
  const EvaluateOptions options = options_with({"roc_auc", "brier"}, 200);
  const Scoreboard board = evaluate(Execution(), rows.input(), options);
  const Comparison found = compare(board, "0");
  for (const std::int64_t cell : {2, 3, 4, 5}) {
    int beyond = 0;
    for (std::int64_t b = 0; b < 200; ++b) {
      const double d = board.replicates[b * 6 + cell] - board.replicates[b * 6 + cell % 2];
      beyond += std::abs(d - found.difference[cell]) >= std::abs(found.difference[cell]);
    }
    EXPECT_DOUBLE_EQ(found.p[cell], (1.0 + beyond) / 201);
    EXPECT_GE(found.p_adjusted[cell], found.p[cell] - .05);
    EXPECT_LE(found.simultaneous_low[cell], found.low[cell]);
  }
  EXPECT_EQ(found.p[0], 1);
  EXPECT_EQ(compare(board, "0", {.adjust = "holm"}).p_adjusted[2],
            holm({kNaN, kNaN, found.p[2], found.p[3], found.p[4], found.p[5]})[2]);
}

TEST(Bootstrap, TurnsTheMarginByTheDirectionOfTheMetric) {
  const Rows rows = random_rows(2, 500, 10);
  const EvaluateOptions options = options_with({"roc_auc", "brier"}, 300);
  const Scoreboard board = evaluate(Execution(), rows.input(), options);
  for (const double margin : {0.0, .02}) {
    const Comparison found = compare(board, "0", {.margin = margin});
    for (int k = 0; k < 2; ++k) {
      const int sign = k == 0 ? 1 : -1, cell = 2 + k;
      int beyond = 0;
      for (std::int64_t b = 0; b < 300; ++b) {
        const double d = board.replicates[b * 4 + cell] - board.replicates[b * 4 + k];
        beyond += sign * (d - found.difference[cell]) >= sign * found.difference[cell] + margin;
      }
      EXPECT_DOUBLE_EQ(found.p[cell], (1.0 + beyond) / 301);
    }
  }
}

TEST(Adjust, IsTheTextbooks) {
  // statsmodels multipletests(p, method="holm"), method="fdr_bh"
  const std::vector<double> p = {.01, kNaN, .04, .03, .005};
  const std::vector<double> h = holm(p), f = benjamini_hochberg(p);
  const double expected_holm[] = {.03, 0, .06, .06, .02}, expected_bh[] = {.02, 0, .04, .04, .02};
  for (const int i : {0, 2, 3, 4}) {
    EXPECT_NEAR(h[i], expected_holm[i], 1e-15);
    EXPECT_NEAR(f[i], expected_bh[i], 1e-15);
  }
  EXPECT_TRUE(std::isnan(h[1]) && std::isnan(f[1]));
  EXPECT_EQ(holm({.9, .8})[0], 1);
}

TEST(Compare, RefusesWhatDoesNotFitTogether) {
  const Rows rows = random_rows(2, 60, 11);
  const EvaluateOptions options = options_with({"roc_auc", "accuracy"});
  for (const CompareOptions& how :
       {CompareOptions{.method = "bootstrap"}, CompareOptions{.method = "delon"},
        CompareOptions{.method = "delong", .adjust = "max_t"}, CompareOptions{.method = "mcnemar", .margin = .1},
        CompareOptions{.method = "delong", .margin = -.1}, CompareOptions{.method = "delong", .adjust = "bonferroni"}})
    EXPECT_THROW(compared(rows, options, how), SpecError) << how.method;
}

}  // namespace
}  // namespace bakeoff

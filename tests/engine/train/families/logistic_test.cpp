#include "train/families/logistic.h"

#include <gmock/gmock.h>

#include "../linear_oracle.h"

namespace bakeoff {
namespace {

using test::Sample;

const Execution& two_threads() {
  static const Execution execution(Device::cpu, 2);
  return execution;
}

// The objective, recomputed in double for the beta that came out, is within 1e-6 of the best there is.
void expect_optimal(const Sample& sample, const std::vector<LinearSolution>& solutions, double tolerance = 1e-6) {
  for (std::size_t f = 0; f < solutions.size(); ++f) {
    const TrainingSet& set = sample.problem.sets[sample.problem.fits[f].set];
    const double l2 = sample.problem.fits[f].l2;
    std::vector<double> y, weight;
    const test::Matrix x = sample.rows_of(set, y, weight);
    const std::vector<double> best = test::newton(x, y, weight, l2, true);
    const double want = test::logistic_objective(x, y, weight, l2, best);
    ASSERT_EQ(solutions[f].status, FitStatus::converged) << f << ": " << solutions[f].reason;
    EXPECT_LE(test::logistic_objective(x, y, weight, l2, solutions[f].beta), want * (1 + tolerance)) << "fit " << f;
    EXPECT_NEAR(solutions[f].objective, want, tolerance * want);
    EXPECT_LE(solutions[f].iterations, 100) << "fit " << f;
  }
}

TEST(Logistic, ReachesTheOptimumForWindowsFoldsAndFeatureSets) {
  for (bool weighted : {false, true}) {
    Sample sample(1500, 5, {4, 9}, true, 1, 3);
    if (weighted) sample.problem.rows.weights = sample.weights.data();
    sample.problem.sets = {{0, 1500, -1, sample.identity()},
                           {200, 1450, -1, sample.standardised(0)},
                           {900, 1500, 1, sample.standardised(2)},
                           {200, 1450, 2, sample.standardised(0)}};
    for (int set = 0; set < 4; ++set)
      for (double l2 : {1e-4, 0.1, 1.0, 500.0}) sample.problem.fits.push_back({set, l2});
    expect_optimal(sample, train_logistic(two_threads(), sample.problem));
  }
}

TEST(Logistic, ReachesTheOptimumWhereOneClassIsRare) {
  Sample sample(4000, 4, {20}, true, 2);
  for (Index i = 0; i < 4000; ++i) sample.labels[i] = sample.labels[i] > 0 && i % 40 == 0 ? 1 : 0;
  sample.problem.sets = {{0, 4000, -1, sample.identity()}};
  for (double l2 : {1e-3, 1.0, 30.0}) sample.problem.fits.push_back({0, l2});
  expect_optimal(sample, train_logistic(two_threads(), sample.problem));
}

TEST(Logistic, ReachesTheOptimumOnSkewedAndBadlyScaledColumns) {
  Sample sample(2000, 4, {}, true, 3);
  for (Index i = 0; i < 2000; ++i) {
    sample.dense[4 * i] = std::exp(2 * sample.dense[4 * i]);
    sample.dense[4 * i + 1] *= 1000;
    sample.dense[4 * i + 2] = sample.dense[4 * i + 1] / 1000 + 1e-3f * sample.dense[4 * i + 2];
  }
  sample.problem.sets = {{0, 2000, -1, sample.identity()}};
  for (double l2 : {1e-3, 1.0}) sample.problem.fits.push_back({0, l2});
  expect_optimal(sample, train_logistic(two_threads(), sample.problem));
}

TEST(Logistic, ReachesTheOptimumOfSeparableDataWithAPenalty) {
  Sample sample(300, 2, {}, true, 4);
  for (Index i = 0; i < 300; ++i) sample.labels[i] = sample.dense[2 * i] > 0.1f ? 1 : 0;
  sample.problem.sets = {{0, 300, -1, sample.identity()}};
  for (double l2 : {1e-4, 1e-2, 1.0}) sample.problem.fits.push_back({0, l2});
  expect_optimal(sample, train_logistic(two_threads(), sample.problem), 2e-6);
}

TEST(Logistic, StandsConstantAndRepeatedColumns) {
  Sample sample(500, 4, {3}, true, 5);
  for (Index i = 0; i < 500; ++i) {
    sample.dense[4 * i] = 2;
    sample.dense[4 * i + 2] = sample.dense[4 * i + 1];
  }
  sample.problem.sets = {{0, 500, -1, sample.identity()}};
  for (double l2 : {1e-6, 1.0}) sample.problem.fits.push_back({0, l2});
  const auto solutions = train_logistic(two_threads(), sample.problem);
  expect_optimal(sample, solutions);
  EXPECT_NEAR(solutions[1].beta[0], 0, 1e-6);
  EXPECT_NEAR(solutions[1].beta[1], solutions[1].beta[2], 1e-5);
}

TEST(Logistic, MarksWhatItCantSolveAndGoesOn) {
  Sample sample(300, 2, {}, true, 6);
  for (Index i = 100; i < 200; ++i) sample.labels[i] = 1;
  sample.dense[2 * 250] = std::numeric_limits<float>::quiet_NaN();
  sample.problem.sets = {{100, 200, -1, sample.identity()},
                         {0, 100, -1, sample.identity()},
                         {200, 300, -1, sample.identity()},
                         {5, 5, -1, sample.identity()}};
  sample.problem.fits = {{0, 1.0}, {1, 1.0}, {2, 1.0}, {3, 1.0}};
  const auto solutions = train_logistic(two_threads(), sample.problem);
  EXPECT_THAT(solutions[0].reason, testing::HasSubstr("one class only: label 1"));
  EXPECT_EQ(solutions[1].status, FitStatus::converged);
  EXPECT_THAT(solutions[2].reason, testing::HasSubstr("not finite"));
  EXPECT_THAT(solutions[3].reason, testing::HasSubstr("no training rows"));
  for (int f : {0, 2, 3}) EXPECT_EQ(solutions[f].status, FitStatus::diverged);
}

TEST(Logistic, SeparableDataWithoutAPenaltyComesToAnEnd) {
  Sample sample(200, 1, {}, true, 7);
  for (Index i = 0; i < 200; ++i) sample.labels[i] = sample.dense[i] > 0 ? 1 : 0;
  sample.problem.sets = {{0, 200, -1, sample.identity()}};
  sample.problem.fits = {{0, 0.0}};
  const auto solutions = train_logistic(two_threads(), sample.problem);
  EXPECT_TRUE(std::isfinite(solutions[0].beta[0]));
  EXPECT_GT(solutions[0].beta[0], 10);
}

TEST(Logistic, HasTheSameBitsForAnyNumberOfThreadsAndAloneAsInABatch) {
  Sample sample(6000, 6, {4, 19}, true, 8, 3);
  for (int fold = -1; fold < 3; ++fold) {
    sample.problem.sets.push_back({7, 5990, fold, sample.standardised(0)});
    sample.problem.sets.push_back({3000, 5990, fold, sample.standardised(1)});
  }
  for (int i = 0; i < 100; ++i) sample.problem.fits.push_back({i % 8, std::pow(10, -4 + i / 20)});
  const auto once = train_logistic(Execution(Device::cpu, 1), sample.problem);
  for (int threads : {2, 3, 8}) {
    const auto again = train_logistic(Execution(Device::cpu, threads), sample.problem);
    for (std::size_t f = 0; f < once.size(); ++f) ASSERT_EQ(again[f].theta, once[f].theta);
  }
  Sample alone = sample;
  alone.problem.fits = {sample.problem.fits[77]};
  const auto single = train_logistic(two_threads(), alone.problem);
  EXPECT_EQ(single[0].theta, once[77].theta);
}

}  // namespace
}  // namespace bakeoff

#include "train/families/elastic_net.h"

#include <gmock/gmock.h>

#include "../linear_oracle.h"
#include "train/families/ridge.h"

namespace bakeoff {
namespace {

using test::Sample;

double objective(const test::Matrix& x, const std::vector<double>& y, const std::vector<double>& weight,
                 const LinearFit& fit, const std::vector<double>& beta) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += 0.5 * weight[i] * std::pow(y[i] - test::dot(x[i], beta), 2);
  for (std::size_t j = 0; j + 1 < beta.size(); ++j)
    sum += fit.l2 * ((1 - fit.l1_ratio) / 2 * beta[j] * beta[j] + fit.l1_ratio * std::abs(beta[j]));
  return sum;
}

// The conditions of an optimum, on the rows themselves. A gap of 1e-7 leaves slack of the order of its square root.
void expect_optimal(const Sample& sample, const std::vector<LinearSolution>& solutions, double slack) {
  for (std::size_t f = 0; f < solutions.size(); ++f) {
    const LinearFit& fit = sample.problem.fits[f];
    const TrainingSet& set = sample.problem.sets[fit.set];
    std::vector<double> y, weight;
    const test::Matrix x = sample.rows_of(set, y, weight);
    const LinearSolution& got = solutions[f];
    ASSERT_EQ(got.status, FitStatus::converged) << got.reason;
    std::vector<double> pull(got.beta.size(), 0.0), scale(got.beta.size(), 0.0);
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t j = 0; j < pull.size(); ++j) {
        pull[j] += weight[i] * x[i][j] * (y[i] - test::dot(x[i], got.beta));
        scale[j] += weight[i] * std::abs(x[i][j]) * std::abs(y[i] - test::dot(x[i], got.beta));
      }
    const double l1 = fit.l2 * fit.l1_ratio, l2 = fit.l2 * (1 - fit.l1_ratio);
    EXPECT_NEAR(pull.back(), 0, slack * scale.back()) << "intercept";
    for (std::size_t j = 0; j + 1 < pull.size(); ++j) {
      const double b = got.beta[j], want = l2 * b + (b > 0 ? l1 : b < 0 ? -l1 : 0);
      if (b == 0)
        EXPECT_LE(std::abs(pull[j]), l1 + slack * scale[j]) << f << " " << j;
      else
        EXPECT_NEAR(pull[j], want, slack * scale[j]) << f << " " << j;
    }
    const double value = objective(x, y, weight, fit, got.beta);
    EXPECT_NEAR(got.objective, value, 1e-8 * value);
    const auto identity = sample.identity();
    for (Index i : {set.begin, set.end - 1})
      EXPECT_NEAR(test::dot(sample.row(*identity, i), got.theta), test::dot(sample.row(*set.map, i), got.beta), 1e-9);
  }
}

Sample windows_and_folds(bool weighted) {
  Sample sample(700, 12, {4, 9}, false, 1, 3);
  if (weighted) sample.problem.rows.weights = sample.weights.data();
  sample.problem.sets = {{0, 700, -1, sample.identity()},
                         {100, 650, -1, sample.standardised(0)},
                         {300, 700, 1, sample.standardised(2)},
                         {100, 650, 2, sample.standardised(0)}};
  return sample;
}

TEST(ElasticNet, MeetsTheOptimalityConditionsForWindowsFoldsAndFeatureSets) {
  for (bool weighted : {false, true}) {
    Sample sample = windows_and_folds(weighted);
    for (int set = 0; set < 4; ++set)
      for (double ratio : {0.01, 0.5, 1.0})
        for (double l2 : {300.0, 1e-3, 20.0, 1.0}) sample.problem.fits.push_back({set, l2, ratio});
    expect_optimal(sample, train_elastic_net(Execution(Device::cpu, 2), sample.problem), 3e-4);
  }
}

TEST(ElasticNet, WithoutAnL1PartIsRidge) {
  Sample sample = windows_and_folds(true);
  for (double l2 : {0.0, 0.1, 50.0}) sample.problem.fits.push_back({3, l2, 0.0});
  const auto ridge = train_ridge(Execution(Device::cpu, 1), sample.problem);
  const auto got = train_elastic_net(Execution(Device::cpu, 1), sample.problem);
  for (std::size_t f = 0; f < got.size(); ++f) {
    EXPECT_EQ(got[f].theta, ridge[f].theta);
    EXPECT_DOUBLE_EQ(2 * got[f].objective, ridge[f].objective);
  }
}

TEST(ElasticNet, AloneOrInABatchInAnyOrderReachesTheSameObjective) {
  Sample sample = windows_and_folds(false);
  std::vector<LinearFit> fits;
  for (int i = 0; i < 60; ++i)
    fits.push_back({i % 4, std::pow(10.0, 3 - (i * 37 % 60) / 10.0), i % 3 == 0 ? 1.0 : 0.4});
  sample.problem.fits = fits;
  const auto batch = train_elastic_net(Execution(Device::cpu, 2), sample.problem);
  for (std::size_t f = 0; f < fits.size(); f += 7) {
    sample.problem.fits = {fits[f]};
    const auto alone = train_elastic_net(Execution(Device::cpu, 1), sample.problem);
    EXPECT_NEAR(alone[0].objective, batch[f].objective, 1e-7 * alone[0].objective);
    if (fits[f].l1_ratio == 1) continue;  // with 0/1 columns that sum to 1 the lasso has many minimisers
    for (std::size_t j = 0; j + 1 < alone[0].beta.size(); ++j)
      EXPECT_NEAR(alone[0].beta[j], batch[f].beta[j], 1e-2) << f << " " << j;
  }
}

TEST(ElasticNet, ZerosAreExactAndALargePenaltyLeavesTheMeanAlone) {
  Sample sample(300, 8, {}, false, 9);
  sample.problem.sets = {{0, 300, -1, sample.standardised(1)}};
  sample.problem.fits = {{0, 1e6, 0.5}, {0, 60.0, 1.0}};
  const auto solutions = train_elastic_net(Execution(Device::cpu, 1), sample.problem);
  const double mean = std::accumulate(sample.labels.begin(), sample.labels.end(), 0.0) / 300;
  EXPECT_NEAR(solutions[0].theta.back(), mean, 1e-12);
  for (int j = 0; j < 8; ++j) EXPECT_EQ(solutions[0].theta[j], 0.0);
  EXPECT_GT(std::count(solutions[1].theta.begin(), solutions[1].theta.end(), 0.0), 1);
  EXPECT_LT(std::count(solutions[1].theta.begin(), solutions[1].theta.end(), 0.0), 8);
}

TEST(ElasticNet, FinishesOnRepeatedAndNearlyRepeatedColumns) {
  Sample sample(200, 30, {}, false, 11);
  for (Index i = 0; i < 200; ++i)
    for (int k = 10; k < 30; ++k)
      sample.dense[30 * i + k] = sample.dense[30 * i + k % 10] + (k < 20 ? 0.0f : 1e-3f * sample.dense[30 * i + k]);
  sample.problem.sets = {{0, 200, -1, sample.identity()}};
  for (double l2 : {100.0, 1.0, 1e-2, 1e-4})
    for (double ratio : {0.5, 1.0}) sample.problem.fits.push_back({0, l2, ratio});
  const auto solutions = train_elastic_net(Execution(Device::cpu, 1), sample.problem);
  expect_optimal(sample, solutions, 3e-4);
  for (const LinearSolution& s : solutions) EXPECT_LT(s.iterations, 2000);
}

TEST(ElasticNet, MoreColumnsThanRowsAndNoNoise) {
  Sample sample(25, 60, {}, false, 12);
  sample.problem.sets = {{0, 25, -1, sample.identity()}};
  for (double l2 : {30.0, 1.0, 0.05}) sample.problem.fits.push_back({0, l2, 0.9});
  expect_optimal(sample, train_elastic_net(Execution(Device::cpu, 1), sample.problem), 3e-4);
}

TEST(ElasticNet, MarksWhatItCantSolveAndGoesOn) {
  Sample sample(100, 2, {}, false, 5);
  sample.dense[2 * 70] = std::numeric_limits<float>::infinity();
  sample.problem.sets = {
      {0, 50, -1, sample.identity()}, {50, 100, -1, sample.identity()}, {20, 20, -1, sample.identity()}};
  sample.problem.fits = {{1, 1.0, 0.5}, {0, 1.0, 0.5}, {2, 1.0, 0.5}};
  const auto solutions = train_elastic_net(Execution(Device::cpu, 1), sample.problem);
  EXPECT_EQ(solutions[0].status, FitStatus::diverged);
  EXPECT_THAT(solutions[0].reason, testing::HasSubstr("not finite"));
  EXPECT_EQ(solutions[1].status, FitStatus::converged);
  EXPECT_THAT(solutions[2].reason, testing::HasSubstr("no training rows"));
}

TEST(ElasticNet, HasTheSameBitsForAnyNumberOfThreads) {
  Sample sample(3000, 9, {4, 9}, false, 6, 3);
  for (int fold = -1; fold < 3; ++fold) {
    sample.problem.sets.push_back({7, 2990, fold, sample.standardised(0)});
    for (double l2 : {0.1, 10.0, 100.0}) sample.problem.fits.push_back({fold + 1, l2, 0.7});
  }
  const auto once = train_elastic_net(Execution(Device::cpu, 1), sample.problem);
  for (int threads : {2, 8}) {
    const auto again = train_elastic_net(Execution(Device::cpu, threads), sample.problem);
    for (std::size_t f = 0; f < once.size(); ++f) EXPECT_EQ(again[f].theta, once[f].theta);
  }
}

}  // namespace
}  // namespace bakeoff

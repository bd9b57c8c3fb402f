#include "train/families/ridge.h"

#include <gmock/gmock.h>

#include "../linear_oracle.h"

namespace bakeoff {
namespace {

using test::Sample;

void expect_optimal(const Sample& sample, const std::vector<LinearSolution>& solutions) {
  for (std::size_t f = 0; f < solutions.size(); ++f) {
    const TrainingSet& set = sample.problem.sets[sample.problem.fits[f].set];
    const double l2 = sample.problem.fits[f].l2;
    std::vector<double> y, weight;
    const test::Matrix x = sample.rows_of(set, y, weight);
    const std::vector<double> want = test::newton(x, y, weight, l2, false);
    const LinearSolution& got = solutions[f];
    ASSERT_EQ(got.status, FitStatus::converged) << got.reason;
    ASSERT_EQ(got.beta.size(), want.size());
    for (std::size_t j = 0; j < want.size(); ++j)
      EXPECT_NEAR(got.beta[j], want[j], 1e-7 * (1 + std::abs(want[j]))) << f << " " << j;
    const double objective = test::ridge_objective(x, y, weight, l2, want);
    EXPECT_NEAR(got.objective, objective, 1e-10 * objective);
    // theta reads the raw columns and predicts the same
    const auto identity = sample.identity();
    for (Index i : {set.begin, set.end - 1})
      EXPECT_NEAR(test::dot(sample.row(*identity, i), got.theta), test::dot(sample.row(*set.map, i), got.beta), 1e-9);
  }
}

TEST(Ridge, SolvesTheNormalEquationsForWindowsFoldsAndFeatureSets) {
  for (bool weighted : {false, true}) {
    Sample sample(700, 6, {4, 9}, false, 1, 3);
    if (weighted) sample.problem.rows.weights = sample.weights.data();
    sample.problem.sets = {{0, 700, -1, sample.identity()},
                           {100, 650, -1, sample.standardised(0)},
                           {300, 700, 1, sample.standardised(2)},
                           {100, 650, 2, sample.standardised(0)}};
    for (int set = 0; set < 4; ++set)
      for (double l2 : {1e-3, 1.0, 300.0}) sample.problem.fits.push_back({set, l2});
    expect_optimal(sample, train_ridge(Execution(Device::cpu, 2), sample.problem));
  }
}

TEST(Ridge, KeepsItsDigitsFarFromTheOrigin) {
  Sample sample(400, 3, {}, false, 2);
  for (double& y : sample.labels) y += 1e6;
  sample.problem.sets = {{0, 400, -1, sample.identity()}};
  sample.problem.fits = {{0, 0.5}};
  Sample near = sample;
  const auto far_away = train_ridge(Execution(Device::cpu, 1), sample.problem);
  for (double& y : near.labels) y -= 1e6;
  near.problem.rows.labels = near.labels.data();
  const auto nearby = train_ridge(Execution(Device::cpu, 1), near.problem);
  for (int j = 0; j < 3; ++j) EXPECT_NEAR(far_away[0].beta[j], nearby[0].beta[j], 1e-8);
}

TEST(Ridge, GivesTheMinimumNormWhereColumnsRepeatAndNothingPenalises) {
  Sample sample(200, 2, {}, false, 3);
  for (Index i = 0; i < 200; ++i) sample.dense[2 * i + 1] = sample.dense[2 * i];
  sample.problem.sets = {{0, 200, -1, sample.identity()}};
  sample.problem.fits = {{0, 0.0}};
  const auto solutions = train_ridge(Execution(Device::cpu, 1), sample.problem);
  EXPECT_NEAR(solutions[0].beta[0], solutions[0].beta[1], 1e-9);
  std::vector<double> y, weight;
  test::Matrix x = sample.rows_of(sample.problem.sets[0], y, weight);
  for (auto& row : x) row = {row[0], 1};
  EXPECT_NEAR(2 * solutions[0].beta[0], test::newton(x, y, weight, 0, false)[0], 1e-9);
}

TEST(Ridge, SquaresOfTheHeldOutFoldComeFromTheGrams) {
  Sample sample(900, 5, {6}, false, 4, 4);
  sample.problem.rows.weights = sample.weights.data();
  for (int fold = 0; fold < 4; ++fold) {
    sample.problem.sets.push_back({50, 880, fold, sample.standardised(1)});
    for (double l2 : {0.1, 10.0}) sample.problem.fits.push_back({fold, l2});
  }
  std::vector<HeldOutSquares> held_out;
  const auto solutions = train_ridge_held_out(Execution(Device::cpu, 2), sample.problem, held_out);
  for (std::size_t f = 0; f < solutions.size(); ++f) {
    const TrainingSet& set = sample.problem.sets[sample.problem.fits[f].set];
    double weight = 0, sum = 0, mean = 0, variation = 0;
    for (Index i = set.begin; i < set.end; ++i) {
      if (sample.folds[i] != set.left_out) continue;
      weight += sample.weights[i];
      mean += sample.weights[i] * sample.labels[i];
      sum += sample.weights[i] * std::pow(sample.labels[i] - test::dot(sample.row(*set.map, i), solutions[f].beta), 2);
    }
    mean /= weight;
    for (Index i = set.begin; i < set.end; ++i)
      if (sample.folds[i] == set.left_out) variation += sample.weights[i] * std::pow(sample.labels[i] - mean, 2);
    EXPECT_NEAR(held_out[f].weight, weight, 1e-9);
    EXPECT_NEAR(held_out[f].sum, sum, 1e-9 * sum);
    EXPECT_NEAR(held_out[f].variation, variation, 1e-9 * variation);
  }
}

TEST(Ridge, MarksWhatItCantSolveAndGoesOn) {
  Sample sample(100, 2, {}, false, 5);
  sample.dense[2 * 70] = std::numeric_limits<float>::infinity();
  sample.problem.sets = {
      {0, 50, -1, sample.identity()}, {50, 100, -1, sample.identity()}, {20, 20, -1, sample.identity()}};
  sample.problem.fits = {{1, 1.0}, {0, 1.0}, {2, 1.0}};
  const auto solutions = train_ridge(Execution(Device::cpu, 1), sample.problem);
  EXPECT_EQ(solutions[0].status, FitStatus::diverged);
  EXPECT_THAT(solutions[0].reason, testing::HasSubstr("not finite"));
  EXPECT_EQ(solutions[1].status, FitStatus::converged);
  EXPECT_EQ(solutions[2].status, FitStatus::diverged);
  EXPECT_THAT(solutions[2].reason, testing::HasSubstr("no training rows"));
}

TEST(Ridge, HasTheSameBitsForAnyNumberOfThreads) {
  Sample sample(5000, 6, {4, 9}, false, 6, 3);
  for (int fold = -1; fold < 3; ++fold) {
    sample.problem.sets.push_back({7, 4990, fold, sample.standardised(0)});
    for (double l2 : {0.1, 10.0}) sample.problem.fits.push_back({fold + 1, l2});
  }
  const auto once = train_ridge(Execution(Device::cpu, 1), sample.problem);
  for (int threads : {2, 3, 8}) {
    const auto again = train_ridge(Execution(Device::cpu, threads), sample.problem);
    for (std::size_t f = 0; f < once.size(); ++f) EXPECT_EQ(again[f].theta, once[f].theta);
  }
}

}  // namespace
}  // namespace bakeoff

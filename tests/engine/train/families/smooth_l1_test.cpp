#include "train/families/smooth_l1.h"

#include <gmock/gmock.h>

#include "../linear_oracle.h"
#include "train/families/logistic.h"

namespace bakeoff {
namespace {

using test::Sample;

double objective(const test::Matrix& x, const std::vector<double>& y, const std::vector<double>& weight,
                 const LinearFit& fit, const std::vector<double>& beta) {
  double sum = test::logistic_objective(x, y, weight, fit.l2 * (1 - fit.l1_ratio), beta);
  for (std::size_t j = 0; j + 1 < beta.size(); ++j) sum += fit.l2 * fit.l1_ratio * std::abs(beta[j]);
  return sum;
}

// Proximal gradient steps in double until nothing moves: slow and plain.
std::vector<double> optimum(const test::Matrix& x, const std::vector<double>& y, const std::vector<double>& weight,
                            const LinearFit& fit) {
  const std::size_t n = x[0].size();
  const double l1 = fit.l2 * fit.l1_ratio, l2 = fit.l2 * (1 - fit.l1_ratio);
  std::vector<double> beta(n, 0.0), look = beta;
  double bend = 0, momentum = 1;
  for (std::size_t i = 0; i < x.size(); ++i) bend += 0.25 * weight[i] * test::dot(x[i], x[i]);
  for (int step = 0; step < 4000; ++step) {
    std::vector<double> gradient(n, 0.0), next = look;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double off = weight[i] * (1 / (1 + std::exp(-test::dot(x[i], look))) - y[i]);
      for (std::size_t j = 0; j < n; ++j) gradient[j] += off * x[i][j];
    }
    for (std::size_t j = 0; j < n; ++j) {
      next[j] = look[j] - gradient[j] / bend;
      if (j + 1 < n) next[j] = std::copysign(std::max(std::abs(next[j]) - l1 / bend, 0.0), next[j]) / (1 + l2 / bend);
    }
    const double larger = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2;
    double uphill = 0;
    for (std::size_t j = 0; j < n; ++j) uphill += (look[j] - next[j]) * (next[j] - beta[j]);
    for (std::size_t j = 0; j < n; ++j)
      look[j] = next[j] + (uphill > 0 ? 0 : (momentum - 1) / larger) * (next[j] - beta[j]);
    momentum = uphill > 0 ? 1 : larger;
    beta = next;
  }
  return beta;
}

TEST(SmoothL1, ReachesTheOptimumForWindowsFoldsAndRatios) {
  for (bool weighted : {false, true}) {
    Sample sample(400, 6, {4, 5}, true, 1, 3);
    if (weighted) sample.problem.rows.weights = sample.weights.data();
    sample.problem.sets = {{0, 400, -1, sample.standardised(0)}, {50, 400, 1, sample.standardised(2)}};
    for (int set = 0; set < 2; ++set)
      for (double ratio : {0.1, 1.0})
        for (double l2 : {0.5, 8.0, 60.0}) sample.problem.fits.push_back({set, l2, ratio});
    const auto solutions = train_logistic(Execution(Device::cpu, 2), sample.problem);
    int zeros = 0;
    for (std::size_t f = 0; f < solutions.size(); ++f) {
      const LinearFit& fit = sample.problem.fits[f];
      std::vector<double> y, weight;
      const test::Matrix x = sample.rows_of(sample.problem.sets[fit.set], y, weight);
      const std::vector<double> want = optimum(x, y, weight, fit);
      ASSERT_EQ(solutions[f].status, FitStatus::converged) << solutions[f].reason;
      const double best = objective(x, y, weight, fit, want);
      EXPECT_LE(objective(x, y, weight, fit, solutions[f].beta), best * (1 + 1e-6)) << f;
      EXPECT_NEAR(solutions[f].objective, best, 1e-6 * best) << f;
      for (std::size_t j = 0; j + 1 < want.size(); ++j) zeros += solutions[f].beta[j] == 0;
    }
    EXPECT_GT(zeros, 10);
  }
}

TEST(SmoothL1, LeavesFitsWithoutAnL1PartAsTheyWere) {
  Sample sample(500, 5, {4}, true, 3);
  sample.problem.sets = {{0, 500, -1, sample.identity()}};
  sample.problem.fits = {{0, 2.0}, {0, 0.1}};
  const auto plain = train_logistic(Execution(Device::cpu, 1), sample.problem);
  sample.problem.fits = {{0, 2.0, 0.5}, {0, 2.0}, {0, 0.1}, {0, 5.0, 1.0}};
  int most = 0;
  const auto mixed = train_logistic(Execution(Device::cpu, 2), sample.problem, [&](int done, int all) {
    EXPECT_EQ(all, 4);
    EXPECT_LE(done, all);
    most = std::max(most, done);
  });
  EXPECT_EQ(mixed[1].theta, plain[0].theta);
  EXPECT_EQ(mixed[2].theta, plain[1].theta);
  EXPECT_EQ(most, 4);
}

TEST(SmoothL1, AFitDoesNotDependOnItsNeighboursOrThreads) {
  Sample sample(3000, 7, {5}, true, 4, 3);
  for (int fold = -1; fold < 3; ++fold) sample.problem.sets.push_back({0, 3000, fold, sample.standardised(0)});
  for (int i = 0; i < 40; ++i) sample.problem.fits.push_back({i % 4, std::pow(10.0, -1 + i / 10), 0.3 + 0.1 * (i % 7)});
  const auto batch = train_logistic(Execution(Device::cpu, 3), sample.problem);
  for (std::size_t f : {0u, 13u, 39u}) {
    LinearProblem one = sample.problem;
    one.fits = {sample.problem.fits[f]};
    EXPECT_EQ(train_logistic(Execution(Device::cpu, 1), one)[0].theta, batch[f].theta) << f;
  }
}

TEST(SmoothL1, RepeatedColumnsAndSeparableRowsStillEnd) {
  Sample sample(200, 6, {}, true, 5);
  for (Index i = 0; i < 200; ++i) {
    sample.dense[6 * i + 1] = sample.dense[6 * i];
    sample.labels[i] = sample.dense[6 * i] > 0.2f;
  }
  sample.problem.sets = {{0, 200, -1, sample.identity()}};
  sample.problem.fits = {{0, 1e-3, 1.0}, {0, 1.0, 0.5}, {0, 1e4, 1.0}};
  const auto solutions = train_logistic(Execution(Device::cpu, 1), sample.problem);
  std::vector<double> y, weight;
  const test::Matrix x = sample.rows_of(sample.problem.sets[0], y, weight);
  for (std::size_t f = 0; f < 3; ++f) {
    EXPECT_EQ(solutions[f].status, FitStatus::converged) << solutions[f].reason;
    EXPECT_NEAR(objective(x, y, weight, sample.problem.fits[f], solutions[f].beta), solutions[f].objective,
                2e-6 * solutions[f].objective);
  }
  for (int j = 0; j < 6; ++j) EXPECT_EQ(solutions[2].theta[j], 0.0);
}

TEST(SmoothL1, MarksASetOfOneClass) {
  Sample sample(100, 2, {}, true, 6);
  for (Index i = 0; i < 50; ++i) sample.labels[i] = 1;
  sample.problem.sets = {{0, 50, -1, sample.identity()}, {0, 100, -1, sample.identity()}};
  sample.problem.fits = {{0, 1.0, 0.5}, {1, 1.0, 0.5}};
  const auto solutions = train_logistic(Execution(Device::cpu, 1), sample.problem);
  EXPECT_EQ(solutions[0].status, FitStatus::diverged);
  EXPECT_THAT(solutions[0].reason, testing::HasSubstr("one class only: label 1"));
  EXPECT_EQ(solutions[1].status, FitStatus::converged);
}

// W = (-w/2, w/2): ||W||_1 = ||w||_1
TEST(SmoothL1, SoftmaxOfTwoClassesIsLogistic) {
  Sample sample(700, 5, {5}, true, 9, 3);
  sample.problem.sets = {{0, 700, -1, sample.identity()}, {50, 690, 1, sample.standardised(1)}};
  sample.problem.fits = {{0, 4.0, 1.0}, {1, 4.0, 1.0}, {1, 30.0, 1.0}};
  LinearProblem twice = sample.problem;
  twice.classes = 2;
  const Execution execution(Device::cpu, 2);
  const auto want = train_logistic(execution, sample.problem), got = train_softmax(execution, twice);
  for (std::size_t f = 0; f < want.size(); ++f) {
    ASSERT_EQ(got[f].status, FitStatus::converged) << got[f].reason;
    EXPECT_NEAR(got[f].objective, want[f].objective, 1e-6 * want[f].objective);
    const std::size_t size = want[f].beta.size();
    for (std::size_t j = 0; j < size; ++j)
      EXPECT_NEAR(got[f].beta[size + j] - got[f].beta[j], want[f].beta[j], 2e-3) << f << " " << j;
  }
}

TEST(SmoothL1, MarksASetWithoutAClassAndGoesOn) {
  Sample sample(300, 3, {}, false, 2);
  for (Index i = 0; i < 300; ++i) sample.labels[i] = i < 100 ? i % 2 : i % 3;
  sample.problem.classes = 3;
  sample.problem.sets = {{0, 100, -1, sample.identity()}, {0, 300, -1, sample.identity()}};
  sample.problem.fits = {{0, 1.0, 0.5}, {1, 1.0, 0.5}};
  const auto solutions = train_softmax(Execution(Device::cpu, 1), sample.problem);
  EXPECT_EQ(solutions[0].status, FitStatus::diverged);
  EXPECT_THAT(solutions[0].reason, testing::HasSubstr("none of class 2"));
  EXPECT_EQ(solutions[1].status, FitStatus::converged);
}

}  // namespace
}  // namespace bakeoff

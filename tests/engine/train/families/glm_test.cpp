#include "train/families/glm.h"

#include <gmock/gmock.h>

#include <functional>

#include "../linear_oracle.h"
#include "train/families/logistic.h"

namespace bakeoff {
namespace {

using test::Sample;
using testing::HasSubstr;

const Execution& two_threads() {
  static const Execution execution(Device::cpu, 2);
  return execution;
}

using Solve = std::vector<LinearSolution> (*)(const Execution&, const LinearProblem&, const TrainProgress&);

// Loss of one row, and its derivative by z.
struct Point {
  double loss, derivative;
};
using Loss = Point (*)(double z, double y);

struct Case {
  const char* name;
  Solve solve;
  Loss loss;
};

const Case kCases[] = {
    {"poisson", train_poisson,
     [](double z, double y) {
       return Point{(y > 0 ? y * (std::log(y) - z) : 0) - y + std::exp(z), std::exp(z) - y};
     }},
    {"gamma", train_gamma,
     [](double z, double y) {
       return Point{z - std::log(y) + y * std::exp(-z) - 1, 1 - y * std::exp(-z)};
     }},
    {"linear_svr_squared", train_linear_svr_squared,
     [](double z, double y) {
       const double beyond = std::max(0.0, std::abs(z - y) - 0.4);
       return Point{beyond * beyond, z > y ? 2 * beyond : -2 * beyond};
     }},
    {"linear_svm", train_linear_svm,
     [](double z, double y) {
       const double s = y > 0 ? 1 : -1, short_of = std::max(0.0, 1 - s * z);
       return Point{short_of * short_of, -2 * s * short_of};
     }},
};

Sample make_sample(const Case& one, Index rows, unsigned seed) {
  const bool binary = one.solve == train_linear_svm;
  Sample sample(rows, 4, {3, 7}, binary, seed, 3);
  if (!binary)
    for (double& y : sample.labels) y = std::exp(0.5 * (y - 10));
  if (one.solve == train_poisson)
    for (double& y : sample.labels) y = std::floor(2 * y);
  return sample;
}

// The objective in double, and the steepest slope left of it, by beta.
Point objective(const Case& one, const Sample& sample, const LinearFit& fit, const std::vector<double>& beta) {
  std::vector<double> y, weight, gradient(beta.size(), 0.0);
  const test::Matrix x = sample.rows_of(sample.problem.sets[fit.set], y, weight);
  double value = 0, steepest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Point at = one.loss(test::dot(x[i], beta), y[i]);
    value += weight[i] * at.loss;
    for (std::size_t j = 0; j < beta.size(); ++j) gradient[j] += weight[i] * at.derivative * x[i][j];
  }
  for (std::size_t j = 0; j + 1 < beta.size(); ++j) {
    value += 0.5 * fit.l2 * beta[j] * beta[j];
    gradient[j] += fit.l2 * beta[j];
  }
  for (double g : gradient) steepest = std::max(steepest, std::abs(g));
  return {value, steepest};
}

TEST(Glm, LeavesNoSlopeForWindowsFoldsFeatureSetsAndWeights) {
  for (const Case& one : kCases)
    for (bool weighted : {false, true}) {
      Sample sample = make_sample(one, 1200, 1);
      if (weighted) sample.problem.rows.weights = sample.weights.data();
      sample.problem.sets = {{0, 1200, -1, sample.identity()},
                             {200, 1150, -1, sample.standardised(0)},
                             {600, 1200, 1, sample.standardised(2)},
                             {200, 1150, 2, sample.standardised(0)}};
      for (int set = 0; set < 4; ++set)
        for (double l2 : {0.1, 1.0, 100.0})
          sample.problem.fits.push_back({set, l2, 0, one.solve == train_linear_svr_squared ? 0.4 : 0.0});
      const auto solutions = one.solve(two_threads(), sample.problem, {});
      for (std::size_t f = 0; f < solutions.size(); ++f) {
        ASSERT_EQ(solutions[f].status, FitStatus::converged) << one.name << " " << f << ": " << solutions[f].reason;
        const Point at = objective(one, sample, sample.problem.fits[f], solutions[f].beta);
        EXPECT_NEAR(solutions[f].objective, at.loss, 1e-6 * at.loss) << one.name;
        // A slope g costs about g^2 / (2 curvature), and the flattest direction curves by l2 at least.
        EXPECT_LE(at.derivative * at.derivative, 2 * 1e-6 * at.loss * 30) << one.name << " " << f;
      }
    }
}

TEST(Glm, MarksWhatItCantSolveAndGoesOn) {
  for (const Case& one : kCases) {
    Sample sample = make_sample(one, 300, 6);
    sample.dense[4 * 250] = std::numeric_limits<float>::quiet_NaN();
    sample.problem.sets = {
        {0, 100, -1, sample.identity()}, {200, 300, -1, sample.identity()}, {5, 5, -1, sample.identity()}};
    sample.problem.fits = {{0, 1.0}, {1, 1.0}, {2, 1.0}};
    const auto solutions = one.solve(two_threads(), sample.problem, {});
    EXPECT_EQ(solutions[0].status, FitStatus::converged) << one.name;
    EXPECT_THAT(solutions[1].reason, HasSubstr("not finite"));
    EXPECT_THAT(solutions[2].reason, HasSubstr("no training rows"));
    for (int f : {1, 2}) EXPECT_EQ(solutions[f].status, FitStatus::diverged);
  }
}

TEST(Glm, CountsThatAreAllZeroHaveNoOptimum) {
  Sample sample = make_sample(kCases[0], 200, 7);
  for (Index i = 0; i < 100; ++i) sample.labels[i] = 0;
  sample.problem.sets = {{0, 100, -1, sample.identity()}, {0, 200, -1, sample.identity()}};
  sample.problem.fits = {{0, 1.0}, {1, 1.0}};
  const auto solutions = train_poisson(two_threads(), sample.problem);
  EXPECT_EQ(solutions[0].status, FitStatus::diverged);
  EXPECT_THAT(solutions[0].reason, HasSubstr("all labels of the training rows are 0"));
  EXPECT_EQ(solutions[1].status, FitStatus::converged);
}

TEST(Glm, HubersScaleIsAtItsOptimumAndRowsFarOutCountLinearly) {
  Sample sample(800, 3, {}, false, 8);
  for (Index i = 0; i < 800; i += 10) sample.labels[i] += 1000;
  sample.problem.sets = {{0, 800, -1, sample.identity()}};
  sample.problem.fits = {{0, 0.5, 0.0, 1.35}};
  const auto solution = train_huber(two_threads(), sample.problem)[0];
  ASSERT_EQ(solution.status, FitStatus::converged) << solution.reason;
  std::vector<double> y, weight;
  const test::Matrix x = sample.rows_of(sample.problem.sets[0], y, weight);
  const auto value = [&](double scale) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double r = std::abs(y[i] - test::dot(x[i], solution.beta)) / scale;
      sum += scale + scale * (r <= 1.35 ? r * r : 1.35 * (2 * r - 1.35));
    }
    for (int j = 0; j < 3; ++j) sum += 0.5 * solution.beta[j] * solution.beta[j];
    return sum;
  };
  double least = std::numeric_limits<double>::infinity();
  for (double scale = 0.5; scale < 5; scale *= 1.0005) least = std::min(least, value(scale));
  EXPECT_NEAR(solution.objective, least, 1e-6 * least);
  EXPECT_LT(std::abs(solution.beta[0] - 0.5 * std::cos(1.0)), 0.2);  // as if the far rows were not there
}

TEST(Glm, SoftmaxOfTwoClassesIsLogisticWithTwiceThePenalty) {
  Sample sample(700, 3, {5}, true, 9, 3);
  sample.problem.sets = {{0, 700, -1, sample.identity()}, {50, 690, 1, sample.standardised(1)}};
  // W = (-w/2, w/2): ||W||^2 = ||w||^2 / 2
  sample.problem.fits = {{0, 4.0}, {1, 4.0}};
  LinearProblem twice = sample.problem;
  twice.classes = 2;
  for (LinearFit& fit : twice.fits) fit.l2 *= 2;
  const auto want = train_logistic(two_threads(), sample.problem), got = train_softmax(two_threads(), twice);
  for (std::size_t f = 0; f < want.size(); ++f) {
    ASSERT_EQ(got[f].status, FitStatus::converged);
    EXPECT_NEAR(got[f].objective, want[f].objective, 1e-6 * want[f].objective);
    const std::size_t size = want[f].beta.size();
    for (std::size_t j = 0; j < size; ++j)
      EXPECT_NEAR(got[f].beta[size + j] - got[f].beta[j], want[f].beta[j], 2e-3) << f << " " << j;
  }
}

}  // namespace
}  // namespace bakeoff

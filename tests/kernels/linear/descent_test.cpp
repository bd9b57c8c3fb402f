#include "kernels/linear/descent.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "descent_problems.h"
#include "kernels/linear/cholesky.h"

namespace bakeoff::kernels {
namespace {

using test::DescentCase;

// Optimality: the gradient is -l1 sign(x) where x is not 0, within [-l1, l1] where it is, 0 without a penalty.
void expect_optimal(const DescentCase& c) {
  for (int i = 0; i < c.order; ++i) {
    const double g = c.gradient(i), l1 = i < c.problem.free ? 0.0 : c.problem.l1;
    if (c.x[i] == 0)
      EXPECT_LE(std::abs(g), l1 + 1e-8) << i;
    else
      EXPECT_NEAR(g, c.x[i] > 0 ? -l1 : l1, 1e-8) << i;
  }
}

TEST(Descent, MeetsTheOptimalityConditions) {
  for (int order : {1, 2, 7, 40})
    for (double l1 : {0.0, 1.0, 20.0, 1e4})
      for (double l2 : {0.0, 3.0})
        for (int free : {0, 1}) {
          DescentCase c(order, 2 * order + 3, l1, l2, static_cast<unsigned>(order), free);
          descend(Workers(1), &c.view(), 1);
          EXPECT_LE(c.sweeps, c.problem.most_sweeps);
          expect_optimal(c);
          for (int i = free; l1 == 1e4 && i < order; ++i) EXPECT_EQ(c.x[i], 0.0);
        }
}

TEST(Descent, KeepsTheResidualInStep) {
  DescentCase c(30, 20, 2.0, 1.0, 3);
  descend(Workers(1), &c.view(), 1);
  for (int i = 0; i < 30; ++i) EXPECT_NEAR(c.residual[i], -c.gradient(i) + c.problem.l2 * c.x[i], 1e-9);
}

TEST(Descent, LeavesAColumnOfZerosAtZero) {
  DescentCase c(5, 9, 0.0, 0.0, 4, 0, true);
  c.x[1] = 7;
  descend(Workers(1), &c.view(), 1);
  EXPECT_EQ(c.x[1], 0.0);
}

TEST(Descent, LeavesWhatGainsLittleButMovesToExactZeros) {
  DescentCase c(30, 80, 50.0, 1.0, 6);
  descend(Workers(1), &c.view(), 1);
  const std::vector<double> best = c.x;
  EXPECT_GT(std::count(best.begin(), best.end(), 0.0), 0);
  for (int i = 0; i < 30; ++i) {
    c.x[i] += 1e-9;
    for (int j = 0; j < 30; ++j) c.residual[j] -= 1e-9 * c.gram[i * c.stride + j];
  }
  c.problem.tolerance = 1e-9;
  descend(Workers(1), &c.view(), 1);
  EXPECT_EQ(c.sweeps, 1);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(c.x[i], best[i] == 0 ? 0.0 : best[i] + 1e-9) << i;
}

TEST(Descent, SaysWhenTheSweepsWereNotEnough) {
  DescentCase c(40, 41, 0.1, 0.0, 5);
  c.problem.most_sweeps = 2;
  descend(Workers(1), &c.view(), 1);
  EXPECT_EQ(c.sweeps, 3);
}

TEST(Descent, HasTheSameBitsForEveryInstructionSetAndNumberOfThreads) {
  std::vector<DescentCase> plain;
  for (int i = 0; i < 20; ++i) plain.emplace_back(1 + 5 * i, 200, 4.0 * i, 1.0, static_cast<unsigned>(i), i % 2);
  const auto run = [&](int threads, Isa isa) {
    std::vector<DescentCase> cases = plain;
    std::vector<DescentProblem> problems;
    for (DescentCase& c : cases) problems.push_back(c.view());
    descend(Workers(threads), problems.data(), 20, isa);
    std::vector<std::vector<double>> out;
    for (const DescentCase& c : cases) out.insert(out.end(), {c.x, c.residual});
    return out;
  };
  const auto once = run(1, Isa::v2);
  for (Isa isa : {Isa::v3, Isa::v4})
    if (supports(isa)) EXPECT_EQ(run(1, isa), once);
  EXPECT_EQ(run(3, Isa::v2), once);
}

TEST(Cholesky, SolvesAndRefusesWhatIsNotPositiveDefinite) {
  std::vector<double> a = {4, 2, 2, 3}, b = {10, 8};
  ASSERT_TRUE(cholesky_solve(2, a.data(), b.data()));
  EXPECT_NEAR(b[0], 1.75, 1e-14);
  EXPECT_NEAR(b[1], 1.5, 1e-14);
  std::vector<double> bad = {1, 2, 2, 1};
  EXPECT_FALSE(cholesky_solve(2, bad.data(), b.data()));
}

}  // namespace
}  // namespace bakeoff::kernels

// On a GPU: a batch trained there reaches the objectives of the CPU.
#include <gtest/gtest.h>

#include "../linear_oracle.h"
#include "train/families/logistic.h"

namespace bakeoff {
namespace {

TEST(LogisticGpu, ReachesTheObjectivesOfTheCpu) {
  test::Sample sample(20000, 6, {4, 19}, true, 8, 3);
  sample.problem.rows.weights = sample.weights.data();
  for (int fold = -1; fold < 3; ++fold) {
    sample.problem.sets.push_back({7, 19990, fold, sample.standardised(0)});
    sample.problem.sets.push_back({3000, 19990, fold, sample.standardised(1)});
  }
  for (int i = 0; i < 60; ++i) sample.problem.fits.push_back({i % 8, std::pow(10.0, -4 + i / 10)});
  const auto cpu = train_logistic(Execution(Device::cpu), sample.problem);
  const auto gpu = train_logistic(Execution(Device::cuda), sample.problem);
  for (std::size_t f = 0; f < cpu.size(); ++f) {
    EXPECT_EQ(gpu[f].status, FitStatus::converged) << gpu[f].reason;
    EXPECT_NEAR(gpu[f].objective, cpu[f].objective, 1e-6 * cpu[f].objective) << "fit " << f;
  }
  const auto again = train_logistic(Execution(Device::cuda), sample.problem);
  for (std::size_t f = 0; f < cpu.size(); ++f) EXPECT_EQ(again[f].theta, gpu[f].theta);
}

}  // namespace
}  // namespace bakeoff

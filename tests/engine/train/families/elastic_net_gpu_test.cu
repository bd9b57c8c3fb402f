// On a GPU: the batch gives the bits of the CPU, because the kernel does and all else is the host's.
#include <gtest/gtest.h>

#include "../linear_oracle.h"
#include "train/families/elastic_net.h"

namespace bakeoff {
namespace {

TEST(ElasticNetGpu, GivesTheBitsOfTheCpu) {
  test::Sample sample(3000, 40, {4, 19}, false, 8, 3);
  for (int fold = -1; fold < 3; ++fold) sample.problem.sets.push_back({7, 2990, fold, sample.standardised(0)});
  for (int i = 0; i < 120; ++i) sample.problem.fits.push_back({i % 4, std::pow(10.0, 3 - i / 20), 0.25 * (i % 5)});
  const auto cpu = train_elastic_net(Execution(Device::cpu), sample.problem);
  const auto gpu = train_elastic_net(Execution(Device::cuda), sample.problem);
  for (std::size_t f = 0; f < cpu.size(); ++f) {
    EXPECT_EQ(gpu[f].status, FitStatus::converged) << gpu[f].reason;
    EXPECT_EQ(gpu[f].theta, cpu[f].theta) << "fit " << f;
  }
}

}  // namespace
}  // namespace bakeoff

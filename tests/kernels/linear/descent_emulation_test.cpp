// The CUDA kernel against the CPU's baseline loop (compiled in here), bit for bit.
#include "kernels/linear/descent.cuh"

#include <gtest/gtest.h>

#define BAKEOFF_ISA v2
#include "kernels/linear/descent_simd.cpp"

#include "descent_problems.h"

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;
using test::DescentCase;

std::vector<DescentCase> cases() {
  std::vector<DescentCase> out;
  int i = 0;
  for (int order : {1, 3, 17, 300})
    for (double l1 : {0.0, 15.0}) {
      out.emplace_back(order, 40, l1, 1.5, static_cast<unsigned>(order), ++i % 2, order == 3);
      out.back().problem.most_sweeps = order == 300 ? 2 : 30;
    }
  return out;
}

TEST(DescentEmulation, GivesTheBitsOfTheBaselineUnderEverySchedule) {
  std::vector<DescentCase> want = cases();
  for (DescentCase& c : want) v2::descend(c.view());
  for (int seed = 1; seed <= scale(3, 1); ++seed)
    for (int largest : {300, 1 << 20}) {  // the residual in shared, in global memory
      Options options;
      options.seed = static_cast<std::uint64_t>(seed);
      const ScopedOptions scoped(options);
      std::vector<DescentCase> got = cases();
      std::vector<DescentProblem> problems;
      for (DescentCase& c : got) problems.push_back(c.view());
      descend(Stream{}, problems.data(), static_cast<int>(problems.size()), largest);
      for (std::size_t i = 0; i < got.size(); ++i) {
        EXPECT_EQ(got[i].x, want[i].x) << i << ", seed " << seed;
        EXPECT_EQ(got[i].residual, want[i].residual) << i << ", seed " << seed;
        EXPECT_EQ(got[i].sweeps, want[i].sweeps) << i << ", seed " << seed;
      }
    }
}

TEST(DescentEmulation, NoProblemsIsNoWork) { descend(Stream{}, nullptr, 0, 0); }

}  // namespace
}  // namespace bakeoff::kernels

// The CUDA bootstrap of sums by code against the weight law and plain integers: the oracle of the CPU's test, too.
#include "kernels/resample/code_bootstrap.cuh"

#include <gtest/gtest.h>

#include "code_oracle.h"

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;

constexpr RngKey kKey{9, 4};

std::vector<Wide> on_device(const CodedCase& c, const ResampleUnits& units, int resamples, std::uint32_t first = 0) {
  const CodedRows rows = c.view();
  std::vector<ExactSum> totals(static_cast<std::size_t>(resamples * rows.sums));
  code_bootstrap(Stream{}, rows, units, {kKey, resamples, first}, c.weights.empty() ? kCountExponent : kWeightExponent,
                 totals.data());
  return integers(totals);
}

void expect_oracle(const CodedCase& c, const ResampleUnits& units, int resamples) {
  const int exponent = c.weights.empty() ? kCountExponent : kWeightExponent;
  EXPECT_TRUE(on_device(c, units, resamples) == code_oracle(c, units, {kKey, resamples}, exponent)) << c.rows;
}

TEST(CodeBootstrapEmulation, EqualsTheIntegerOracle) {
  for (const bool weighted : {false, true})
    for (const Index rows : {1, 300, scale(4096 + 70, 700)}) {
      const CodedCase c = make_coded(rows, {3, 1}, weighted);
      expect_oracle(c, ResampleUnits::rows(rows, 1000), scale(19, 3));
      const DrawnUnits drawn(rows, 6);
      expect_oracle(c, drawn.view(), 9);
    }
}

TEST(CodeBootstrapEmulation, GivesAnyRangeOfTheResamples) {
  const CodedCase c = make_coded(300, {3, 2}, true);
  const ResampleUnits units = ResampleUnits::rows(c.rows);
  EXPECT_TRUE(on_device(c, units, 11, 40) == code_oracle(c, units, {kKey, 11, 40}, kWeightExponent));
}

TEST(CodeBootstrapEmulation, TakesMoreCodesThanAWindow) {
  const Index rows = 400;
  expect_oracle(make_coded(rows, {2 * detail::kCodeWindow + 1, 2}, true), ResampleUnits::rows(rows), 3);
}

TEST(CodeBootstrapEmulation, GivesTheSameIntegersUnderEverySchedule) {
  const CodedCase c = make_coded(500, {2, 4}, true);
  const ResampleUnits units = ResampleUnits::rows(c.rows);
  const std::vector<Wide> want = code_oracle(c, units, {kKey, 9}, kWeightExponent);
  for (int seed = 1; seed <= scale(20, 1); ++seed) {
    Options options;
    options.seed = static_cast<std::uint64_t>(seed);
    const ScopedOptions scoped(options);
    EXPECT_TRUE(on_device(c, units, 9) == want) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bakeoff::kernels

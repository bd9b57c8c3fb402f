#include "kernels/resample/code_bootstrap.h"

#include <gtest/gtest.h>

#include "code_oracle.h"

namespace bakeoff::kernels {
namespace {

constexpr RngKey kKey{9, 4};

std::vector<Wide> run(const CodedCase& c, const ResampleUnits& units, int resamples, int threads = 2,
                      Isa isa = best_isa(), std::uint32_t first = 0) {
  const CodedRows rows = c.view();
  const Workers workers(threads);
  std::vector<ExactSum> totals(static_cast<std::size_t>(resamples * rows.sums));
  std::vector<double> scratch(code_bootstrap_scratch_bytes(workers, rows) / sizeof(double), -7);
  code_bootstrap(workers, rows, units, {kKey, resamples, first}, c.weights.empty() ? kCountExponent : kWeightExponent,
                 totals.data(), scratch.data(), isa);
  return integers(totals);
}

void expect_oracle(const CodedCase& c, const ResampleUnits& units, int resamples) {
  const int exponent = c.weights.empty() ? kCountExponent : kWeightExponent;
  EXPECT_TRUE(run(c, units, resamples) == code_oracle(c, units, {kKey, resamples}, exponent))
      << c.rows << " rows, " << units.count << " units, " << resamples << " resamples";
}

TEST(CodeBootstrap, EqualsTheIntegerOracleByRow) {
  for (const bool weighted : {false, true})
    for (const Index rows : {0, 1, 255, 257, 4097})
      for (const int resamples : {1, 8, 70}) {
        const CodedCase c = make_coded(rows, {3, 1, 20}, weighted);
        expect_oracle(c, ResampleUnits::rows(rows, 1000), resamples);
      }
}

TEST(CodeBootstrap, EqualsTheIntegerOracleByUnit) {
  for (const bool weighted : {false, true})
    for (const Index units : {1, 7, 300}) {
      const CodedCase c = make_coded(4500, {2, 5}, weighted);
      const DrawnUnits drawn(c.rows, units);
      expect_oracle(c, drawn.view(), 66);
    }
}

TEST(CodeBootstrap, CountsDoNotOverflowInAChunkOfOneCode) {
  CodedCase c = make_coded(2 * kChunkRows, {1}, false);
  std::fill(c.codes.begin(), c.codes.end(), std::int16_t{0});
  const std::int64_t id = 12;
  const std::vector<std::int32_t> one(static_cast<std::size_t>(c.rows), 0);
  expect_oracle(c, {1, &id, 0, one.data()}, 2000);  // among them resamples that draw the unit 5 times and more
}

TEST(CodeBootstrap, GivesTheSameIntegersForAnyThreadsAndInstructionSet) {
  const CodedCase c = make_coded(3 * kChunkRows + 9, {2, 30}, true);
  const DrawnUnits drawn(c.rows, 50);
  const std::vector<Wide> want = run(c, drawn.view(), 130, 1);
  for (const int threads : {2, 3, 8}) EXPECT_TRUE(run(c, drawn.view(), 130, threads) == want) << threads;
  for (const Isa isa : {Isa::v2, Isa::v3, Isa::v4})
    if (supports(isa)) EXPECT_TRUE(run(c, drawn.view(), 130, 2, isa) == want) << int(isa);
}

TEST(CodeBootstrap, GivesAnyRangeOfTheResamples) {
  const CodedCase c = make_coded(5000, {3, 2}, true);
  const DrawnUnits drawn(c.rows, 50);
  EXPECT_TRUE(run(c, drawn.view(), 70, 2, best_isa(), 40) ==
              code_oracle(c, drawn.view(), {kKey, 70, 40}, kWeightExponent));
}

TEST(CodeBootstrap, AddsBlocksOfRowsToOneTotal) {
  const CodedCase c = make_coded(2 * kChunkRows, {4}, false);
  CodedCase head{c.first, {c.codes.begin(), c.codes.begin() + kChunkRows}, {}, kChunkRows};
  CodedCase tail{c.first, {c.codes.begin() + kChunkRows, c.codes.end()}, {}, kChunkRows};
  const std::vector<Wide> want = run(c, ResampleUnits::rows(c.rows), 20);
  std::vector<Wide> sum = run(head, ResampleUnits::rows(kChunkRows), 20);
  const std::vector<Wide> rest = run(tail, ResampleUnits::rows(kChunkRows, kChunkRows), 20);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += rest[i];
  EXPECT_TRUE(sum == want);
}

}  // namespace
}  // namespace bakeoff::kernels

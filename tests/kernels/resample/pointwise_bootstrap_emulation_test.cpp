// The CUDA bootstrap against the weight law and plain integers: the oracle that the CPU's test holds to, too.
#include "kernels/resample/pointwise_bootstrap.cuh"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;
__extension__ using Wide = __int128;

constexpr RngKey kKey{9, 4};

struct Data {
  Index candidates, rows;
  std::vector<float> scores;
  std::vector<double> labels, weights;
  std::vector<std::int64_t> ids;
  std::vector<std::int32_t> unit_of_row;  // empty: by row

  ScoredRows<float> view() const {
    return {matrix_view(scores.data(), candidates, rows), vector_view(labels.data(), rows),
            vector_view(weights.data(), rows)};
  }
  ResampleUnits units() const {
    if (ids.empty()) return ResampleUnits::rows(rows, 1000);
    return {static_cast<Index>(ids.size()), ids.data(), 0, unit_of_row.data()};
  }
  std::int64_t unit(Index row) const { return ids.empty() ? 1000 + row : ids[unit_of_row[row]]; }
};

// Units in runs of 100 rows: some warps see one unit, some two.
Data make(Index candidates, Index rows, Index units) {
  std::mt19937_64 random(3);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  Data d{candidates, rows, {}, {}, {}, {}, {}};
  for (Index i = 0; i < candidates * rows; ++i) d.scores.push_back(static_cast<float>(uniform()));
  for (Index i = 0; i < rows; ++i) {
    d.labels.push_back(uniform() < .3);
    d.weights.push_back(uniform() * 5);
  }
  for (Index u = 0; u < units; ++u) d.ids.push_back(static_cast<std::int64_t>(random()));
  for (Index i = 0; units > 0 && i < rows; ++i)
    d.unit_of_row.push_back(static_cast<std::int32_t>(i < rows / 2 ? i / 100 % units : random() % units));
  return d;
}

const TermSet kTerms(Term::weight, Term::squared_error, Term::true_positive, Term::label);

std::vector<Wide> on_device(const Data& d, const std::vector<int>& exponents, int resamples, std::uint32_t first = 0) {
  std::vector<ExactSum> totals(resamples * exponents.size());
  const ResampleUnits units = d.units();
  std::vector<std::int64_t> scratch(
      pointwise_bootstrap_scratch_bytes(Stream{}, d.candidates, d.rows, kTerms, units) / sizeof(std::int64_t), -77);
  pointwise_bootstrap(Stream{}, d.view(), units, {kKey, resamples, first}, kTerms, MetricContext{}, exponents.data(),
                      totals.data(), scratch.data());
  std::vector<Wide> out;
  for (const ExactSum& s : totals) out.push_back(static_cast<Wide>(s.high) * (Wide{1} << 32) + s.low);
  return out;
}

std::vector<Wide> oracle(const Data& d, const std::vector<int>& exponents, int resamples) {
  const std::size_t columns = exponents.size();
  std::vector<Wide> out(resamples * columns, 0);
  for (Index row = 0; row < d.rows; ++row)
    for (Index m = 0; m < d.candidates; ++m) {
      const double s = d.scores[m * d.rows + row], y = d.labels[row];
      const double values[] = {1, (s - y) * (s - y), s >= .5 && y != 0 ? 1.0 : 0.0, y};
      for (int t = 0; t < 4; ++t) {
        const std::size_t column = m * 4 + t;
        const double scaled = std::ldexp(d.weights[row] * values[t], 36 - exponents[column]);
        const auto term = static_cast<std::int64_t>(std::nearbyint(scaled));
        for (int r = 0; r < resamples; ++r)
          out[r * columns + column] += static_cast<Wide>(term) * unit_weight(kKey, d.unit(row), r);
      }
    }
  return out;
}

void expect_oracle(const Data& d, int resamples) {
  const std::vector<int> exponents(d.candidates * 4, 3);
  EXPECT_TRUE(on_device(d, exponents, resamples) == oracle(d, exponents, resamples))
      << d.rows << " rows, " << d.ids.size() << " units";
}

TEST(PointwiseBootstrapEmulation, EqualsTheIntegerOracleByRow) {
  for (const Index rows : {1, 300, 4096 + 70}) expect_oracle(make(2, rows, 0), scale(19, 3));
}

TEST(PointwiseBootstrapEmulation, EqualsTheIntegerOracleByUnit) {
  for (const Index units : {1, 7, 500}) expect_oracle(make(2, scale(4096 + 70, 600), units), scale(19, 3));
}

TEST(PointwiseBootstrapEmulation, GivesAnyRangeOfTheResamples) {
  for (const Index units : {0, 7}) {
    const Data d = make(1, 300, units);
    const std::vector<int> exponents(4, 3);
    std::vector<Wide> all = oracle(d, exponents, 27);
    all.erase(all.begin(), all.begin() + 16 * 4);
    EXPECT_TRUE(on_device(d, exponents, 11, 16) == all) << units << " units";
  }
}

TEST(PointwiseBootstrapEmulation, TakesMoreChunksThanABlockAddsUp) {
  if (emulation::kUnderTsan) GTEST_SKIP() << "large; races show in small launches too";
  expect_oracle(make(1, (detail::kChunksPerBlock + 1) * kChunkRows + 1, 0), 9);
}

TEST(PointwiseBootstrapEmulation, TakesMoreCandidatesThanAPass) { expect_oracle(make(scale(19, 9), 40, 0), 8); }

TEST(PointwiseBootstrapEmulation, GivesTheSameIntegersUnderEverySchedule) {
  for (const Index units : {0, 5}) {
    const Data d = make(1, 600, units);
    const std::vector<int> exponents(4, 3);
    const std::vector<Wide> want = oracle(d, exponents, 9);
    for (int seed = 1; seed <= scale(20, 1); ++seed) {
      Options options;
      options.seed = static_cast<std::uint64_t>(seed);
      const ScopedOptions scoped(options);
      EXPECT_TRUE(on_device(d, exponents, 9) == want) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace bakeoff::kernels

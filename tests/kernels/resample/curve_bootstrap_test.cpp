#include "kernels/resample/curve_bootstrap.h"

#include <gtest/gtest.h>

#include "../ranking/curve_oracle.h"

namespace bakeoff::kernels {
namespace {

using testing::kQueries;
using testing::kQueryCount;
using testing::Ranked;

constexpr RngKey kKey{21, 43};

struct Setting {
  std::vector<RankingView> rankings;
  ResampleUnits units;
  const double* weights = nullptr;
  Resamples range;
};

std::vector<CurveState> run(const Setting& s, int threads = 2, Isa isa = best_isa()) {
  const auto count = static_cast<Index>(s.rankings.size());
  std::vector<CurveState> out(static_cast<std::size_t>(kQueryCount * count * s.range.count));
  const Workers workers(threads);
  std::vector<std::max_align_t> scratch(
      curve_bootstrap_scratch_bytes(workers, s.rankings.data(), count, s.units, s.range) / sizeof(std::max_align_t) +
      8);
  curve_bootstrap(workers, s.rankings.data(), count, s.units, s.weights, kQueries, kQueryCount, s.range,
                  {out.data(), {kQueryCount, count, s.range.count}, {count * s.range.count, s.range.count, 1}},
                  scratch.data(), isa);
  return out;
}

// Every query and ranking in resamples `which`.
void expect_folds(const Setting& s, const std::vector<CurveState>& got, const std::vector<int>& which,
                  const std::string& what) {
  const auto count = static_cast<Index>(s.rankings.size());
  for (int q = 0; q < kQueryCount; ++q)
    for (Index m = 0; m < count; ++m)
      for (const int b : which) {
        const auto weight = [&](std::uint32_t row) {
          const int drawn = unit_weight(kKey, unit_id(s.units, row), s.range.first + static_cast<std::uint32_t>(b));
          return s.weights ? drawn * s.weights[row] : drawn;
        };
        ASSERT_EQ(got[static_cast<std::size_t>((q * count + m) * s.range.count + b)],
                  testing::in_order(s.rankings[static_cast<std::size_t>(m)], kQueries[q], weight))
            << what << ", query " << q << ", ranking " << m << ", resample " << b;
      }
}

std::vector<double> sample_weights(Index rows) {
  std::mt19937_64 rng(6);
  std::vector<double> weights(static_cast<std::size_t>(rows));
  for (double& w : weights) w = rng() % 10 == 0 ? 0.0 : std::exponential_distribution<double>()(rng);
  return weights;
}

TEST(CurveBootstrap, ByRowHasTheBitsOfTheFold) {
  for (const Index n : {1, 2, 255, 256, 257, 4096, 4097, 9001}) {
    const std::vector<double> weights = sample_weights(n);
    for (const auto& c : testing::score_cases<float>(n)) {
      const Ranked r = ranked(c);
      for (const bool weighted : {false, true}) {
        const Setting s{{r.view()}, ResampleUnits::rows(n, 1000), weighted ? weights.data() : nullptr, {kKey, 70, 8}};
        expect_folds(s, run(s), n > 300 ? std::vector{0, 63, 69} : std::vector{0, 1, 7, 8, 63, 64, 69},
                     c.name + ", " + std::to_string(n) + " rows");
      }
    }
  }
}

struct Clusters {
  std::vector<std::int32_t> of_row;
  std::vector<std::int64_t> ids;
  ResampleUnits units() const { return {static_cast<Index>(ids.size()), ids.data(), 0, of_row.data()}; }
};
Clusters clusters(Index rows, std::size_t count) {
  std::mt19937_64 rng(7);
  Clusters c;
  for (std::size_t i = 0; i < count; ++i) c.ids.push_back(static_cast<std::int64_t>(rng()));
  for (Index i = 0; i < rows; ++i) c.of_row.push_back(static_cast<std::int32_t>(rng() % count));
  return c;
}

// 20 units: weights come from a table. 1,400 of 1,500 rows: drawn for each rank.
TEST(CurveBootstrap, ByUnitHasTheBitsOfTheFold) {
  for (const std::size_t count : {20, 1400})
    for (const auto& c : testing::score_cases<float>(1500)) {
      const Ranked r = ranked(c);
      const Clusters k = clusters(1500, count);
      const Setting s{{r.view()}, k.units(), nullptr, {kKey, 130}};
      expect_folds(s, run(s), {0, 64, 129}, c.name);
    }
}

TEST(CurveBootstrap, OfManyRankingsOneOfThemEmpty) {
  const auto cases = testing::score_cases<float>(700);
  std::vector<Ranked> all;
  Setting s{{{}}, ResampleUnits::rows(700), nullptr, {kKey, 65}};
  for (const auto& c : cases) all.push_back(ranked(c));
  for (const Ranked& r : all) s.rankings.push_back(r.view());
  expect_folds(s, run(s), {0, 64}, "many");
}

TEST(CurveBootstrap, HasTheSameBitsForAnyThreadsAndInstructionSet) {
  const Index n = 10'000;
  const std::vector<double> weights = sample_weights(n);
  const Ranked r = ranked(testing::score_cases<float>(n)[4]);
  for (const double* given : {static_cast<const double*>(nullptr), weights.data()}) {
    const Setting s{{r.view(), r.view()}, ResampleUnits::rows(n), given, {kKey, 200}};
    const auto expected = run(s, 1, Isa::v2);
    for (const int threads : {2, 5}) EXPECT_EQ(run(s, threads), expected);
    for (const Isa isa : {Isa::v3, Isa::v4})
      if (supports(isa)) EXPECT_EQ(run(s, 2, isa), expected);
  }
}

}  // namespace
}  // namespace bakeoff::kernels

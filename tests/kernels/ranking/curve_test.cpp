#include "kernels/ranking/curve.h"

#include <gtest/gtest.h>

#include "curve_oracle.h"

namespace bakeoff::kernels {
namespace {

using testing::by_definition;
using testing::in_order;
using testing::kQueries;
using testing::kQueryCount;
using testing::Ranked;

std::vector<CurveState> states(const RankingView& ranking, const double* weights, int threads) {
  std::vector<CurveState> out(kQueryCount);
  std::vector<std::max_align_t> scratch(curve_scratch_bytes(ranking.rows) / sizeof(std::max_align_t) + 8);
  curve_states(Workers(threads), ranking, weights, kQueries, kQueryCount, out.data(), scratch.data());
  return out;
}

std::vector<double> sample_weights(Index rows) {
  std::mt19937_64 rng(6);
  std::vector<double> weights(static_cast<std::size_t>(rows));
  for (double& w : weights) w = rng() % 10 == 0 ? 0.0 : std::exponential_distribution<double>()(rng);
  return weights;
}

TEST(Curve, AgreesWithTheDefinition) {
  for (const Index n : {1, 2, 3, 50, 4095, 4096, 4097, 9000})
    for (const bool weighted : {false, true}) {
      const std::vector<double> weights = sample_weights(n);
      for (const auto& c : testing::score_cases<float>(n)) {
        const Ranked r = ranked(c);
        const auto weight = [&](std::uint32_t row) { return weighted ? weights[row] : 1.0; };
        const auto got = states(r.view(), weighted ? weights.data() : nullptr, 2);
        for (int q = 0; q < kQueryCount; ++q) {
          const MetricValue value = finish(kQueries[q], got[q], MetricContext{});
          if (value.reason != Reason::ok) continue;
          EXPECT_NEAR(value.value, by_definition(r.view(), kQueries[q], weight), 1e-12)
              << c.name << ", " << n << " rows, query " << q;
        }
      }
    }
}

TEST(Curve, HasTheBitsOfTheOneOrderForAnyNumberOfThreads) {
  const Index n = 3 * kChunkRows + 77;
  const std::vector<double> weights = sample_weights(n);
  for (const auto& c : testing::score_cases<float>(n)) {
    const Ranked r = ranked(c);
    for (const bool weighted : {false, true})
      for (const int threads : {1, 3}) {
        const auto got = states(r.view(), weighted ? weights.data() : nullptr, threads);
        for (int q = 0; q < kQueryCount; ++q)
          EXPECT_EQ(got[q],
                    in_order(r.view(), kQueries[q], [&](std::uint32_t row) { return weighted ? weights[row] : 1.0; }))
              << c.name;
      }
  }
}

TEST(Curve, IsUndefinedWithoutTheClassesItNeeds) {
  const CurveQuery precision{CurveKind::average_precision}, ks{CurveKind::ks_statistic},
      partial{CurveKind::partial_auc, .1}, recall{CurveKind::recall_at_precision, .5};
  for (const CurveQuery& query : {precision, ks, partial, recall}) {
    EXPECT_TRUE(std::isnan(finish(query, {0, 0, 3}, {}).value));
    EXPECT_EQ(finish(query, {0, 0, 3}, {}).reason, Reason::one_class);
  }
  EXPECT_EQ(finish(precision, {3, 3, 0}, {}).value, 1);
  EXPECT_EQ(finish(recall, {3, 3, 0}, {}).value, 1);
  EXPECT_TRUE(std::isnan(finish(ks, {0, 3, 0}, {}).value));
  EXPECT_TRUE(std::isnan(finish(partial, {0, 3, 0}, {}).value));
  MetricContext sklearn;
  sklearn.like_sklearn = true;
  EXPECT_EQ(finish(precision, {0, 0, 3}, sklearn).value, 0);
  EXPECT_EQ(finish(precision, {0, 0, 3}, sklearn).reason, Reason::one_class);
}

TEST(Curve, OfNoRanksIsEmpty) {
  for (const CurveState& state : states({}, nullptr, 2)) EXPECT_EQ(state, CurveState{});
}

}  // namespace
}  // namespace bakeoff::kernels

#include <gtest/gtest.h>

#include "../ranking/score_cases.h"
#include "kernels/order.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff::kernels {
namespace {

struct Ranked {
  std::vector<std::uint32_t> row;
  std::vector<std::uint8_t> flags;
  RankingView view(Index begin, Index end) const { return {row.data() + begin, flags.data() + begin, end - begin}; }
  RankingView view() const { return view(0, static_cast<Index>(row.size())); }
};

Ranked ranked(const testing::ScoreCase<float>& c) {
  const Workers workers(1);
  const auto n = static_cast<Index>(c.scores.size());
  std::vector<std::max_align_t> scratch(sort_scores_scratch_bytes(workers, n) / sizeof(std::max_align_t) + 1);
  Ranked r{std::vector<std::uint32_t>(c.scores.size()), std::vector<std::uint8_t>(c.scores.size())};
  sort_scores(workers, vector_view(c.scores.data(), n), c.labels.data(), {r.row.data(), r.flags.data()},
              scratch.data());
  return r;
}

constexpr RngKey kKey{12, 34};
constexpr int kResamples = 70;

std::vector<AucState<double>> bootstrap(const std::vector<RankingView>& rankings, const ResampleUnits& units,
                                        const std::vector<double>& weights, int threads = 1, Isa isa = best_isa(),
                                        Resamples range = {kKey, kResamples}) {
  const Workers workers(threads);
  const auto count = static_cast<Index>(rankings.size());
  std::vector<AucState<double>> out(rankings.size() * static_cast<std::size_t>(range.count));
  Index rows = 0;
  for (const RankingView& r : rankings) rows = std::max(rows, r.rows);
  std::vector<std::max_align_t> scratch(weighted_auc_bootstrap_scratch_bytes(rows) / sizeof(std::max_align_t) + 1);
  weighted_auc_bootstrap(workers, rankings.data(), count, units, weights.data(), range,
                         matrix_view(out.data(), count, range.count), scratch.data(), isa);
  return out;
}

// The order of additions that the header promises.
AucState<double> sequential(const RankingView& ranking, const ResampleUnits& units, const std::vector<double>& weights,
                            std::uint32_t resample) {
  std::vector<AucState<double>> chunks;
  for (Index begin = 0; begin < ranking.rows; begin += kChunkRows) {
    AucFold<double> fold;
    const Index end = std::min(begin + kChunkRows, ranking.rows);
    for (Index rank = begin; rank < end; ++rank) {
      if (rank > begin && ranking.flags[rank] & kRankBeginsGroup) fold.close_group();
      const std::uint32_t row = ranking.row[rank];
      fold.add(ranking.flags[rank] & kRankPositive, unit_weight(kKey, unit_id(units, row), resample) * weights[row]);
    }
    chunks.push_back(fold.state(!(ranking.flags[begin] & kRankBeginsGroup)));
  }
  if (chunks.empty()) return {};
  merge_neighbours(chunks.data(), static_cast<Index>(chunks.size()));
  return chunks[0];
}

std::vector<double> sample_weights(Index n) {
  std::mt19937_64 rng(6);
  std::vector<double> weights(static_cast<std::size_t>(n));
  for (double& w : weights) w = rng() % 10 == 0 ? 0.0 : std::exponential_distribution<double>()(rng);
  return weights;
}

void expect_same(const AucState<double>& a, const AucState<double>& b, const std::string& what) {
  ASSERT_EQ(a.positive, b.positive) << what;
  ASSERT_EQ(a.negative, b.negative) << what;
  ASSERT_EQ(a.area2, b.area2) << what;
  ASSERT_EQ(a.head_positive, b.head_positive) << what;
  ASSERT_EQ(a.tail_negative, b.tail_negative) << what;
  ASSERT_EQ(a.one_group, b.one_group) << what;
}

TEST(WeightedAucBootstrap, SameBitsAsTheFoldRankByRank) {
  for (Index n : {1, 2, 255, 257, 4095, 4096, 4097, 13000})
    for (const auto& c : testing::score_cases<float>(n)) {
      const Ranked r = ranked(c);
      const auto weights = sample_weights(n);
      const ResampleUnits units = ResampleUnits::rows(n);
      const auto states = bootstrap({r.view()}, units, weights, 2);
      for (int b : {0, 9, 69})
        expect_same(states[static_cast<std::size_t>(b)],
                    sequential(r.view(), units, weights, static_cast<std::uint32_t>(b)),
                    c.name + ", " + std::to_string(n) + " rows");
    }
}

TEST(WeightedAucBootstrap, SameBitsWithAnyThreadsAndInstructionSet) {
  for (const auto& c : testing::score_cases<float>(9000)) {
    const Ranked r = ranked(c);
    const auto weights = sample_weights(9000);
    const ResampleUnits units = ResampleUnits::rows(9000, 7);
    const auto expected = bootstrap({r.view()}, units, weights, 1, Isa::v2);
    for (Isa isa : {Isa::v2, Isa::v3, Isa::v4})
      for (int threads : {2, 3, 8, 16}) {
        if (!supports(isa)) continue;
        const auto got = bootstrap({r.view()}, units, weights, threads, isa);
        for (std::size_t b = 0; b < got.size(); ++b) expect_same(got[b], expected[b], c.name);
      }
  }
}

// Sums of whole numbers are exact in double, so both bootstraps must agree to the last bit.
TEST(WeightedAucBootstrap, WholeWeightsAgreeWithTheExactBootstrap) {
  for (const auto& c : testing::score_cases<float>(6000)) {
    const Ranked r = ranked(c);
    const std::vector<double> ones(6000, 1.0);
    std::vector<std::int32_t> of_row(6000);
    std::vector<std::int64_t> ids(40);
    for (std::size_t i = 0; i < of_row.size(); ++i) of_row[i] = static_cast<std::int32_t>(i * i % 40);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = -static_cast<std::int64_t>(i) * 1000003;
    const ResampleUnits units{40, ids.data(), 0, of_row.data()};
    const RankingView view = r.view();
    const Workers workers(2);
    std::vector<AucState<std::uint64_t>> exact(kResamples);
    std::vector<std::max_align_t> scratch(
        auc_bootstrap_scratch_bytes(workers, &view, 1, units, {kKey, kResamples}) / sizeof(std::max_align_t) + 1);
    auc_bootstrap(workers, &view, 1, units, {kKey, kResamples}, matrix_view(exact.data(), 1, kResamples),
                  scratch.data());
    const auto states = bootstrap({view}, units, ones, 2);
    for (std::size_t b = 0; b < kResamples; ++b) {
      ASSERT_EQ(states[b].area2, static_cast<double>(exact[b].area2)) << c.name;
      ASSERT_EQ(states[b].positive, static_cast<double>(exact[b].positive)) << c.name;
    }
  }
}

TEST(WeightedAucBootstrap, ManyRankingsAndARangeOfResamples) {
  const auto cases = testing::score_cases<float>(5000);
  const Ranked a = ranked(cases[0]), b = ranked(cases[4]);
  const auto weights = sample_weights(5000);
  const ResampleUnits units = ResampleUnits::rows(5000);
  const std::vector<RankingView> rankings{a.view(), {}, b.view(100, 900)};
  const auto states = bootstrap(rankings, units, weights, 2, best_isa(), {kKey, 130, 80});
  for (int r : {0, 63, 64, 129}) {
    const auto resample = static_cast<std::uint32_t>(80 + r);
    expect_same(states[static_cast<std::size_t>(r)], sequential(rankings[0], units, weights, resample), "first");
    ASSERT_TRUE(states[static_cast<std::size_t>(130 + r)].empty);
    expect_same(states[static_cast<std::size_t>(260 + r)], sequential(rankings[2], units, weights, resample), "third");
  }
}

}  // namespace
}  // namespace bakeoff::kernels

// The CUDA fold of a ranking against the same fold in a plain loop.
#include "kernels/ranking/roc_auc.cuh"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace bakeoff::kernels {
namespace {

using emulation::scale;

struct Ranked {
  std::vector<std::uint32_t> row;
  std::vector<std::uint8_t> flags;
  RankingView view(Index begin = 0) const {
    return {row.data() + begin, flags.data() + begin, static_cast<Index>(row.size()) - begin};
  }
};

Ranked make(Index n, int chance_of_tie) {
  std::mt19937 rng(static_cast<unsigned>(n) + static_cast<unsigned>(chance_of_tie));
  Ranked r;
  for (Index i = 0; i < n; ++i) {
    r.row.push_back(static_cast<std::uint32_t>(n - 1 - i));
    const bool begins = i == 0 || static_cast<int>(rng() % 100) >= chance_of_tie;
    r.flags.push_back(
        static_cast<std::uint8_t>((rng() % 3 == 0 ? kRankPositive : 0) | (begins ? kRankBeginsGroup : 0)));
  }
  return r;
}

// In chunks of `chunk_ranks` that are merged as neighbours.
template <class W>
AucState<AucWeight<W>> plain(const RankingView& ranking, const W* weights, Index chunk_ranks) {
  std::vector<AucState<AucWeight<W>>> states;
  for (Index begin = 0; begin < ranking.rows; begin += chunk_ranks) {
    AucFold<AucWeight<W>> fold;
    for (Index rank = begin; rank < ranking.rows && rank < begin + chunk_ranks; ++rank) {
      if (rank > begin && ranking.flags[rank] & kRankBeginsGroup) fold.close_group();
      fold.add(ranking.flags[rank] & kRankPositive, weights ? weights[ranking.row[rank]] : W{1});
    }
    states.push_back(fold.state(!(ranking.flags[begin] & kRankBeginsGroup)));
  }
  if (states.empty()) return {};
  merge_neighbours(states.data(), static_cast<Index>(states.size()));
  return states[0];
}

template <class W>
void expect_same(const RankingView& ranking, const W* weights) {
  AucState<AucWeight<W>> got;
  got.positive = 77;
  std::vector<std::uint64_t> scratch(ranked_auc_scratch_bytes(ranking.rows) / 8 + 1, 0xababababababab);
  ranked_auc(Stream{}, ranking, weights, &got, scratch.data());
  const auto expected = plain(ranking, weights, kChunkRows);
  ASSERT_EQ(got.positive, expected.positive);
  ASSERT_EQ(got.negative, expected.negative);
  ASSERT_EQ(got.area2, expected.area2) << ranking.rows << " ranks";
  ASSERT_EQ(got.head_positive, expected.head_positive);
  ASSERT_EQ(got.tail_negative, expected.tail_negative);
  ASSERT_EQ(got.one_group, expected.one_group);
  ASSERT_EQ(got.continues, expected.continues);
  ASSERT_EQ(got.empty, expected.empty);
}

// 32 ranks a thread, 32 states a merge; with sample weights 4,096 ranks a thread, of which 33 make a second level.
TEST(RocAucEmulation, SameBitsAsThePlainFold) {
  for (Index n : scale<std::vector<Index>>({0, 1, 31, 33, 1024, 1025, 40000, 4096 * 33 + 5}, {0, 1025, 9000}))
    for (int tie : {0, 50, 99, 100}) {
      const Ranked r = make(n, tie);
      std::mt19937 rng(2);
      std::vector<std::uint32_t> counts(r.row.size());
      std::vector<double> weights(r.row.size());
      for (auto& c : counts) c = rng() % 9;
      for (auto& w : weights) w = std::uniform_real_distribution<double>()(rng);
      expect_same<std::uint32_t>(r.view(), nullptr);
      expect_same(r.view(), counts.data());
      expect_same(r.view(), weights.data());
      if (n > 10) expect_same(r.view(7), weights.data());  // a shard that may begin inside a group
    }
}

}  // namespace
}  // namespace bakeoff::kernels

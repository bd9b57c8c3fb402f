#include "kernels/ranking/auc_state.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace bakeoff::kernels {
namespace {

struct Rank {
  int group;
  bool positive;
  std::uint64_t weight;
};

// Doubled area, pair by pair.
std::uint64_t pairwise(const std::vector<Rank>& ranks) {
  std::uint64_t area2 = 0;
  for (const Rank& p : ranks)
    for (const Rank& n : ranks)
      if (p.positive && !n.positive) area2 += p.weight * n.weight * (p.group > n.group ? 2 : p.group == n.group);
  return area2;
}

AucState<std::uint64_t> fold(const std::vector<Rank>& ranks, std::size_t begin, std::size_t end) {
  if (begin == end) return {};
  AucFold<std::uint64_t> fold;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin && ranks[i].group != ranks[i - 1].group) fold.close_group();
    fold.add(ranks[i].positive, ranks[i].weight);
  }
  return fold.state(begin > 0 && ranks[begin].group == ranks[begin - 1].group);
}

std::vector<Rank> random_ranks(std::mt19937& rng, std::size_t n, int chance_of_tie) {
  std::vector<Rank> ranks;
  for (int group = 0; ranks.size() < n;) {
    ranks.push_back({group, rng() % 2 == 0, rng() % 9});
    group += static_cast<int>(rng() % 100) >= chance_of_tie;
  }
  return ranks;
}

void expect_same(const AucState<std::uint64_t>& a, const AucState<std::uint64_t>& b) {
  EXPECT_EQ(a.positive, b.positive);
  EXPECT_EQ(a.negative, b.negative);
  EXPECT_EQ(a.area2, b.area2);
  EXPECT_EQ(a.head_positive, b.head_positive);
  EXPECT_EQ(a.head_negative, b.head_negative);
  EXPECT_EQ(a.tail_positive, b.tail_positive);
  EXPECT_EQ(a.tail_negative, b.tail_negative);
  EXPECT_EQ(a.empty, b.empty);
  EXPECT_EQ(a.one_group, b.one_group);
  EXPECT_EQ(a.continues, b.continues);
}

TEST(AucState, FoldIsThePairwiseArea) {
  std::mt19937 rng(1);
  for (int tie : {0, 30, 80, 100})
    for (std::size_t n : {1, 2, 3, 17, 60}) {
      const auto ranks = random_ranks(rng, n, tie);
      EXPECT_EQ(fold(ranks, 0, n).area2, pairwise(ranks)) << n << " ranks, ties " << tie;
    }
}

// Wherever the ranks are cut, inside a group or between groups, and in whatever order neighbours are merged.
TEST(AucState, MergesOfNeighboursGiveTheWholeWhereverRanksAreCut) {
  std::mt19937 rng(2);
  for (int round = 0; round < 400; ++round) {
    const std::size_t n = 1 + rng() % 24;
    const auto ranks = random_ranks(rng, n, static_cast<int>(rng() % 101));
    std::vector<AucState<std::uint64_t>> parts;
    for (std::size_t begin = 0; begin < n;) {
      const std::size_t end = std::min(n, begin + rng() % 5);  // now and then an empty range
      parts.push_back(fold(ranks, begin, end));
      begin = end;
    }
    const auto whole = fold(ranks, 0, n);
    auto tree = parts;
    merge_neighbours(tree.data(), static_cast<Index>(tree.size()));
    expect_same(tree[0], whole);
    while (parts.size() > 1) {
      const std::size_t at = rng() % (parts.size() - 1);
      parts[at] = merge(parts[at], parts[at + 1]);
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    expect_same(parts[0], whole);
  }
}

TEST(AucState, OneClassIsNanWithItsReason) {
  EXPECT_EQ(finish(AucState<std::uint64_t>{}).reason, Reason::empty);
  AucFold<std::uint64_t> fold;
  fold.add(true, 3);
  const MetricValue value = finish(fold.state(false));
  EXPECT_EQ(value.reason, Reason::one_class);
  EXPECT_TRUE(std::isnan(value.value));
  fold.add(false, 0);  // a negative without weight is no second class
  EXPECT_EQ(finish(fold.state(false)).reason, Reason::one_class);
  fold.add(false, 2);
  EXPECT_EQ(finish(fold.state(false)).value, 0.5);
}

// 2^31 rows, half of each class, in perfect order: the largest area of any labels.
TEST(AucState, TwoToThe31RowsFit64Bits) {
  const std::uint64_t half = std::uint64_t{1} << 30;
  AucFold<std::uint64_t> low, high;
  low.add(false, half);
  high.add(true, half);
  const auto state = merge(low.state(false), high.state(false));
  EXPECT_EQ(state.area2, std::uint64_t{1} << 61);
  EXPECT_EQ(finish(state).value, 1.0);
}

}  // namespace
}  // namespace bakeoff::kernels

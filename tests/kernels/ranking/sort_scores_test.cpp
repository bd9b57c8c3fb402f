#include "kernels/ranking/sort_scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "score_cases.h"

namespace bakeoff::kernels {
namespace {

struct Ranked {
  std::vector<std::uint32_t> row;
  std::vector<std::uint8_t> flags;
  bool operator==(const Ranked&) const = default;
};

template <class T>
Ranked sorted_by_kernel(const testing::ScoreCase<T>& c, int threads, Index stride = 1) {
  const Workers workers(threads);
  const auto n = static_cast<Index>(c.scores.size());
  std::vector<T> spread(c.scores.size() * static_cast<std::size_t>(stride), T(-7));
  for (std::size_t i = 0; i < c.scores.size(); ++i) spread[i * static_cast<std::size_t>(stride)] = c.scores[i];
  Ranked out{std::vector<std::uint32_t>(c.scores.size()), std::vector<std::uint8_t>(c.scores.size())};
  std::vector<std::max_align_t> scratch(sort_scores_scratch_bytes(workers, n) / sizeof(std::max_align_t) + 1);
  const TensorView<const T, 1> scores{spread.data(), {n}, {stride}};
  sort_scores(workers, scores, c.labels.data(), {out.row.data(), out.flags.data()}, scratch.data());
  return out;
}

template <class T>
Ranked sorted_by_comparison(const testing::ScoreCase<T>& c) {
  Ranked out{std::vector<std::uint32_t>(c.scores.size()), std::vector<std::uint8_t>(c.scores.size())};
  std::iota(out.row.begin(), out.row.end(), 0u);
  std::stable_sort(out.row.begin(), out.row.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (c.scores[a] != c.scores[b]) return c.scores[a] < c.scores[b];
    return c.labels[a] < c.labels[b];
  });
  for (std::size_t i = 0; i < out.row.size(); ++i) {
    const bool begins = i == 0 || c.scores[out.row[i]] != c.scores[out.row[i - 1]];
    out.flags[i] =
        static_cast<std::uint8_t>((c.labels[out.row[i]] ? kRankPositive : 0) | (begins ? kRankBeginsGroup : 0));
  }
  return out;
}

template <class T>
class SortScores : public ::testing::Test {};
using ScoreTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(SortScores, ScoreTypes);

// 511 and 512: where the radix sort begins. 40,000: several blocks. 70,000: runs that are worth all workers.
TYPED_TEST(SortScores, OrderAndFlagsAreThoseOfAStableSort) {
  for (Index n : {1, 2, 3, 511, 512, 4097, 40000, 70000})
    for (const auto& c : testing::score_cases<TypeParam>(n))
      ASSERT_TRUE(sorted_by_kernel(c, 2) == sorted_by_comparison(c)) << c.name << ", " << n << " rows";
}

TYPED_TEST(SortScores, SameWithAnyThreads) {
  for (const auto& c : testing::score_cases<TypeParam>(150000)) {
    const Ranked one = sorted_by_kernel(c, 1);
    for (int threads : {3, 8})
      ASSERT_TRUE(sorted_by_kernel(c, threads) == one) << c.name << ", " << threads << " threads";
  }
}

TYPED_TEST(SortScores, ReadsStridedScores) {
  for (const auto& c : testing::score_cases<TypeParam>(3000))
    ASSERT_TRUE(sorted_by_kernel(c, 2, 3) == sorted_by_comparison(c)) << c.name;
}

TYPED_TEST(SortScores, NothingToSortIsNoError) { EXPECT_TRUE(sorted_by_kernel<TypeParam>({}, 2).row.empty()); }

// A cast to float32 would tie these.
TEST(SortScoresOfDoubles, NeighboursIn64BitsAreNotTied) {
  const testing::ScoreCase<double> c{"", {std::nextafter(0.5, 1.0), 0.5, std::nextafter(0.5, 0.0)}, {0, 1, 0}};
  const Ranked ranked = sorted_by_kernel(c, 1);
  EXPECT_EQ(ranked.row, (std::vector<std::uint32_t>{2, 1, 0}));
  EXPECT_EQ(ranked.flags, (std::vector<std::uint8_t>{2, 3, 2}));
}

TEST(SelectRanks, IsTheRankingOfTheSubset) {
  for (const auto& c : testing::score_cases<float>(2000)) {
    std::mt19937 rng(5);
    std::vector<std::uint8_t> keep(c.scores.size());
    testing::ScoreCase<float> subset;
    std::vector<std::uint32_t> rows;
    for (std::size_t i = 0; i < keep.size(); ++i) {
      keep[i] = rng() % 3 == 0;
      if (!keep[i]) continue;
      rows.push_back(static_cast<std::uint32_t>(i));
      subset.scores.push_back(c.scores[i]);
      subset.labels.push_back(c.labels[i]);
    }
    const Ranked all = sorted_by_kernel(c, 1);
    Ranked expected = sorted_by_comparison(subset), kept = all;
    for (std::uint32_t& row : expected.row) row = rows[row];
    const Index count =
        select_ranks({all.row.data(), all.flags.data(), 2000}, keep.data(), {kept.row.data(), kept.flags.data()});
    kept.row.resize(static_cast<std::size_t>(count));
    kept.flags.resize(static_cast<std::size_t>(count));
    ASSERT_TRUE(kept == expected) << c.name;
  }
}

}  // namespace
}  // namespace bakeoff::kernels

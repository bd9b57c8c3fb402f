#include "kernels/ranking/roc_auc.h"

#include <gtest/gtest.h>

#include "kernels/order.h"
#include "kernels/ranking/sort_scores.h"
#include "score_cases.h"

namespace bakeoff::kernels {
namespace {

struct Totals {
  std::uint64_t positive = 0, negative = 0, area2 = 0;
  bool operator==(const Totals&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Totals& t) {
  return out << t.positive << " " << t.negative << " " << t.area2;
}
Totals totals(const AucState<std::uint64_t>& s) { return {s.positive, s.negative, s.area2}; }

// Each positive against each negative.
template <class T>
Totals pairwise(const testing::ScoreCase<T>& c, const std::vector<std::uint32_t>& weights) {
  Totals t;
  std::vector<std::size_t> positives, negatives;
  for (std::size_t i = 0; i < c.scores.size(); ++i) (c.labels[i] ? positives : negatives).push_back(i);
  for (std::size_t p : positives) t.positive += weights[p];
  for (std::size_t n : negatives) t.negative += weights[n];
  for (std::size_t p : positives)
    for (std::size_t n : negatives)
      t.area2 += std::uint64_t{weights[p]} * weights[n] * (c.scores[p] > c.scores[n] ? 2 : c.scores[p] == c.scores[n]);
  return t;
}

class Scratch {
 public:
  Scratch(const Workers& workers, Index n)
      : bytes_(std::max(roc_auc_scratch_bytes(workers, n), sort_scores_scratch_bytes(workers, n)) /
                   sizeof(std::max_align_t) +
               1) {}
  void* get() { return bytes_.data(); }

 private:
  std::vector<std::max_align_t> bytes_;
};

template <class T>
AucState<std::uint64_t> point(const testing::ScoreCase<T>& c, int threads) {
  const Workers workers(threads);
  const auto n = static_cast<Index>(c.scores.size());
  Scratch scratch(workers, n);
  return roc_auc(workers, vector_view(c.scores.data(), n), c.labels.data(), scratch.get());
}

struct Ranked {
  std::vector<std::uint32_t> row;
  std::vector<std::uint8_t> flags;
  RankingView view(Index begin, Index end) const { return {row.data() + begin, flags.data() + begin, end - begin}; }
};

template <class T>
Ranked ranked(const testing::ScoreCase<T>& c) {
  const Workers workers(1);
  const auto n = static_cast<Index>(c.scores.size());
  Scratch scratch(workers, n);
  Ranked r{std::vector<std::uint32_t>(c.scores.size()), std::vector<std::uint8_t>(c.scores.size())};
  sort_scores(workers, vector_view(c.scores.data(), n), c.labels.data(), {r.row.data(), r.flags.data()}, scratch.get());
  return r;
}

template <class T>
class RocAuc : public ::testing::Test {};
using ScoreTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(RocAuc, ScoreTypes);

TYPED_TEST(RocAuc, CountsEveryPair) {
  for (Index n : {1, 2, 3, 7, 500, 1500})
    for (const auto& c : testing::score_cases<TypeParam>(n))
      ASSERT_EQ(totals(point(c, 1)), pairwise(c, std::vector<std::uint32_t>(c.scores.size(), 1)))
          << c.name << ", " << n;
}

// The path by keys alone and the path by ranks are written apart, so each is the other's oracle.
TYPED_TEST(RocAuc, SameByKeysAndByRanksWithAnyThreads) {
  for (const auto& c : testing::score_cases<TypeParam>(100000)) {
    const Ranked r = ranked(c);
    const Workers workers(3);
    Scratch scratch(workers, 100000);
    const auto by_rank = ranked_auc<std::uint32_t>(workers, r.view(0, 100000), nullptr, scratch.get());
    for (int threads : {1, 2, 8}) ASSERT_EQ(totals(point(c, threads)), totals(by_rank)) << c.name << ", " << threads;
  }
}

TYPED_TEST(RocAuc, WeightsMultiplyPairs) {
  for (const auto& c : testing::score_cases<TypeParam>(1200)) {
    std::mt19937 rng(3);
    std::vector<std::uint32_t> weights(c.scores.size());
    for (auto& w : weights) w = rng() % 5;
    std::vector<double> same(weights.begin(), weights.end());
    const Ranked r = ranked(c);
    const Workers workers(1);
    Scratch scratch(workers, 1200);
    const Totals expected = pairwise(c, weights);
    ASSERT_EQ(totals(ranked_auc(workers, r.view(0, 1200), weights.data(), scratch.get())), expected) << c.name;
    const AucState<double> in_double = ranked_auc(workers, r.view(0, 1200), same.data(), scratch.get());
    ASSERT_EQ(in_double.area2, static_cast<double>(expected.area2)) << c.name;
  }
}

// Around the edges of chunks of 4,096 ranks, and with groups that straddle them.
TYPED_TEST(RocAuc, FloatWeightsGiveTheSameBitsWithAnyThreads) {
  for (Index n : {kChunkRows - 1, kChunkRows, kChunkRows + 1, 5 * kChunkRows + 17})
    for (const auto& c : testing::score_cases<TypeParam>(n)) {
      std::mt19937 rng(4);
      std::vector<double> weights(c.scores.size());
      for (auto& w : weights) w = std::uniform_real_distribution<double>()(rng);
      const Ranked r = ranked(c);
      const Workers one(1), many(8);
      Scratch scratch(many, n);
      const AucState<double> a = ranked_auc(one, r.view(0, n), weights.data(), scratch.get());
      const AucState<double> b = ranked_auc(many, r.view(0, n), weights.data(), scratch.get());
      ASSERT_EQ(a.positive, b.positive);
      ASSERT_EQ(a.negative, b.negative);
      ASSERT_EQ(a.area2, b.area2) << c.name << ", " << n;
    }
}

TYPED_TEST(RocAuc, FloatWeightsAreExactTo12Digits) {
  for (const auto& c : testing::score_cases<TypeParam>(9000)) {
    std::mt19937 rng(4);
    std::vector<double> weights(c.scores.size());
    for (auto& w : weights) w = std::uniform_real_distribution<double>()(rng);
    const Ranked r = ranked(c);
    long double p = 0, n = 0, area2 = 0, open_p = 0, open_n = 0;
    for (std::size_t i = 0; i <= r.row.size(); ++i) {
      if (i == r.row.size() || r.flags[i] & kRankBeginsGroup) {
        area2 += open_p * (2 * n + open_n);
        p += open_p;
        n += open_n;
        open_p = open_n = 0;
      }
      if (i < r.row.size()) (r.flags[i] & kRankPositive ? open_p : open_n) += weights[r.row[i]];
    }
    const Workers workers(2);
    Scratch scratch(workers, 9000);
    const MetricValue value = finish(ranked_auc(workers, r.view(0, 9000), weights.data(), scratch.get()));
    if (p == 0 || n == 0) {
      EXPECT_EQ(value.reason, Reason::one_class);
    } else {
      EXPECT_NEAR(value.value, static_cast<double>(area2 / (2 * p * n)), 1e-12) << c.name;
    }
  }
}

// Shards of a sorted table, cut anywhere.
TYPED_TEST(RocAuc, ShardsMerge) {
  for (const auto& c : testing::score_cases<TypeParam>(10000)) {
    const Ranked r = ranked(c);
    const Workers workers(1);
    Scratch scratch(workers, 10000);
    const auto shard = [&](Index begin, Index end) {
      return ranked_auc<std::uint32_t>(workers, r.view(begin, end), nullptr, scratch.get());
    };
    const auto whole = shard(0, 10000);
    ASSERT_EQ(totals(merge(merge(shard(0, 1), shard(1, 5000)), shard(5000, 10000))), totals(whole)) << c.name;
    ASSERT_EQ(totals(merge(shard(0, 1), merge(shard(1, 5000), shard(5000, 10000)))), totals(whole)) << c.name;
  }
}

TYPED_TEST(RocAuc, NoRowsAreEmpty) {
  EXPECT_EQ(finish(point<TypeParam>({}, 2)).reason, Reason::empty);
  const Workers workers(1);
  EXPECT_TRUE((ranked_auc<double>(workers, {}, nullptr, nullptr).empty));
}

}  // namespace
}  // namespace bakeoff::kernels

#include "kernels/resample/auc_bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "../ranking/score_cases.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/auc_bootstrap_simd.h"

namespace bakeoff::kernels {
namespace {

using Case = testing::ScoreCase<float>;

// The weight law, written again from its definition.
int drawn(std::uint64_t seed, std::int64_t unit, std::uint32_t resample) {
  std::uint32_t c[4] = {static_cast<std::uint32_t>(unit),
                        static_cast<std::uint32_t>(static_cast<std::uint64_t>(unit) >> 32), resample >> 3, 1};
  std::uint32_t k[2] = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = 0xD2511F53ull * c[0], b = 0xCD9E8D57ull * c[2];
    const std::uint32_t next[4] = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
                                   static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
    std::copy(next, next + 4, c);
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  const std::uint32_t draw = c[(resample & 7) / 2] >> (resample % 2 * 16) & 0xffff;
  int weight = 0;
  for (std::uint32_t threshold : {24109, 48219, 60273, 64292, 65296, 65497, 65531, 65535}) weight += draw >= threshold;
  return weight;
}

struct Totals {
  std::uint64_t positive = 0, negative = 0, area2 = 0;
  bool operator==(const Totals&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Totals& t) {
  return out << t.positive << " " << t.negative << " " << t.area2;
}
Totals totals(const AucState<std::uint64_t>& s) { return {s.positive, s.negative, s.area2}; }

struct Ranked {
  std::vector<std::uint32_t> row;
  std::vector<std::uint8_t> flags;
  RankingView view(Index begin, Index end) const { return {row.data() + begin, flags.data() + begin, end - begin}; }
  RankingView view() const { return view(0, static_cast<Index>(row.size())); }
};

Ranked ranked(const Case& c) {
  const Workers workers(1);
  const auto n = static_cast<Index>(c.scores.size());
  std::vector<std::max_align_t> scratch(sort_scores_scratch_bytes(workers, n) / sizeof(std::max_align_t) + 1);
  Ranked r{std::vector<std::uint32_t>(c.scores.size()), std::vector<std::uint8_t>(c.scores.size())};
  sort_scores(workers, vector_view(c.scores.data(), n), c.labels.data(), {r.row.data(), r.flags.data()},
              scratch.data());
  return r;
}

// Rank after rank, by the definition of the fold.
Totals sequential(const RankingView& ranking, const std::function<int(std::uint32_t)>& weight_of_row) {
  Totals t;
  std::uint64_t p = 0, n = 0;
  for (Index rank = 0; rank <= ranking.rows; ++rank) {
    if (rank == ranking.rows || ranking.flags[rank] & kRankBeginsGroup) {
      t.area2 += p * (2 * t.negative + n);
      t.positive += p;
      t.negative += n;
      p = n = 0;
    }
    if (rank < ranking.rows)
      (ranking.flags[rank] & kRankPositive ? p : n) += static_cast<std::uint64_t>(weight_of_row(ranking.row[rank]));
  }
  return t;
}

constexpr std::uint64_t kSeed = 0x123456789abcdef0;

struct Options {
  int threads = 1;
  Resamples resamples{RngKey::from_seed(kSeed), 72};
  Isa isa = best_isa();
};

// One row of states a ranking.
std::vector<AucState<std::uint64_t>> bootstrap(const std::vector<RankingView>& rankings, const ResampleUnits& units,
                                               const Options& options) {
  const Workers workers(options.threads);
  const auto count = static_cast<Index>(rankings.size());
  std::vector<AucState<std::uint64_t>> out(rankings.size() * static_cast<std::size_t>(options.resamples.count));
  std::vector<std::max_align_t> scratch(
      auc_bootstrap_scratch_bytes(workers, rankings.data(), count, units, options.resamples) /
          sizeof(std::max_align_t) +
      1);
  auc_bootstrap(workers, rankings.data(), count, units, options.resamples,
                matrix_view(out.data(), count, options.resamples.count), scratch.data(), options.isa);
  return out;
}

ResampleUnits by_row(Index n, std::int64_t first_id = 0) { return ResampleUnits::rows(n, first_id); }

struct Clusters {
  std::vector<std::int32_t> of_row;
  std::vector<std::int64_t> ids;
  ResampleUnits units() const { return {static_cast<Index>(ids.size()), ids.data(), 0, of_row.data()}; }
};
Clusters clusters(Index rows, std::size_t count) {
  std::mt19937_64 rng(77);
  Clusters c;
  for (std::size_t i = 0; i < count; ++i) c.ids.push_back(static_cast<std::int64_t>(rng()));  // all 64 bits
  for (Index i = 0; i < rows; ++i) c.of_row.push_back(static_cast<std::int32_t>(rng() % count));
  return c;
}

// Sizes around blocks of 30 ranks, spans of 256 and chunks of 4,096; groups of all lengths come with the cases.
TEST(AucBootstrap, FollowsTheWeightLawByRow) {
  for (Index n : {1, 2, 29, 30, 31, 60, 255, 256, 257, 1000, 4097})
    for (const Case& c : testing::score_cases<float>(n)) {
      const Ranked r = ranked(c);
      const auto states = bootstrap({r.view()}, by_row(n), {});
      for (int b : {0, 1, 7, 8, 63, 64, 71})
        ASSERT_EQ(
            totals(states[static_cast<std::size_t>(b)]),
            sequential(r.view(), [&](std::uint32_t row) { return drawn(kSeed, row, static_cast<std::uint32_t>(b)); }))
            << c.name << ", " << n << " rows, resample " << b;
    }
}

TEST(AucBootstrap, FollowsTheWeightLawByUnit) {
  for (std::size_t count : {1, 5, 300, 1500})
    for (const Case& c : testing::score_cases<float>(2000)) {
      const Ranked r = ranked(c);
      const Clusters k = clusters(2000, count);
      const auto states = bootstrap({r.view()}, k.units(), {.threads = 2});
      for (int b : {0, 13, 71})
        ASSERT_EQ(totals(states[static_cast<std::size_t>(b)]), sequential(r.view(),
                                                                          [&](std::uint32_t row) {
                                                                            return drawn(kSeed, k.ids[k.of_row[row]],
                                                                                         static_cast<std::uint32_t>(b));
                                                                          }))
            << c.name << ", " << count << " units, resample " << b;
    }
}

TEST(AucBootstrap, GroupsThatPassASpanOrAChunk) {
  const Index n = 20000;
  std::mt19937_64 rng(9);
  // Lengths around 30 and 256, and beyond a chunk of 4,096
  const Index lengths[] = {1, 2, 29, 30, 31, 32, 100, 225, 226, 227, 255, 256, 257, 258, 600, 9000, 3, 28, 62};
  Case c;
  for (Index group = 0; static_cast<Index>(c.scores.size()) < n; ++group)
    for (Index i = 0; i < lengths[group % 19] && static_cast<Index>(c.scores.size()) < n; ++i) {
      c.scores.push_back(static_cast<float>(group));
      c.labels.push_back(rng() % 2);
    }
  const Ranked r = ranked(c);
  for (int threads : {1, 2}) {
    const auto states = bootstrap({r.view()}, by_row(n), {.threads = threads});
    for (int b : {0, 40})
      ASSERT_EQ(totals(states[static_cast<std::size_t>(b)]), sequential(r.view(), [&](std::uint32_t row) {
                  return drawn(kSeed, row, static_cast<std::uint32_t>(b));
                }));
  }
}

// All rows are one unit that is drawn 8 times: the largest sums that a block and a span can reach.
TEST(AucBootstrap, HeaviestWeightsDoNotOverflowNarrowLanes) {
  std::int64_t heavy = -1;
  for (std::int64_t unit = 0; heavy < 0; ++unit)
    if (drawn(kSeed, unit, 3) == 8) heavy = unit;
  const Index n = 4 * kAucSpanRanks + 1;
  const std::vector<std::int64_t> ids{heavy};
  const std::vector<std::int32_t> of_row(static_cast<std::size_t>(n), 0);
  // In every `period` ranks first negatives, then positives; the first rank is a group of its own to the fold.
  const auto expect_exact = [&](Index period, Index negatives, Index ranks_a_group) {
    Case c;
    for (Index i = -1; i < n - 1; ++i) {
      c.scores.push_back(static_cast<float>(i < 0 ? -1 : i / ranks_a_group));
      c.labels.push_back(i < 0 || i % period >= negatives);
    }
    const Ranked r = ranked(c);
    const auto states = bootstrap({r.view()}, {1, ids.data(), 0, of_row.data()}, {});
    EXPECT_EQ(totals(states[3]), sequential(r.view(), [](std::uint32_t) { return 8; }))
        << period << " " << negatives << " " << ranks_a_group;
  };
  expect_exact(kAucBlockRanks, kAucBlockRanks / 2, 1);
  expect_exact(kAucBlockRanks, kAucBlockRanks / 2, kAucBlockRanks);
  expect_exact(kAucBlockRanks, kAucBlockRanks, 1);
  expect_exact(kAucSpanRanks, kAucSpanRanks - 20, 1);
  expect_exact(kAucSpanRanks, kAucSpanRanks / 2, 1);
  expect_exact(kAucSpanRanks, kAucSpanRanks / 2, 10000);
}

TEST(AucBootstrap, SameBitsWithAnyThreadsAndInstructionSet) {
  for (const Case& c : testing::score_cases<float>(30000)) {
    const Ranked r = ranked(c);
    const Clusters k = clusters(30000, 400);
    for (const ResampleUnits& units : {by_row(30000), k.units()}) {
      const auto expected = bootstrap({r.view()}, units, {.resamples = {RngKey::from_seed(kSeed), 16}, .isa = Isa::v2});
      for (Isa isa : {Isa::v2, Isa::v3, Isa::v4})
        for (int threads : {1, 2, 3, 8, 16}) {
          if (!supports(isa) || (isa == Isa::v2 && threads > 2)) continue;
          const auto got = bootstrap({r.view()}, units,
                                     {.threads = threads, .resamples = {RngKey::from_seed(kSeed), 16}, .isa = isa});
          for (std::size_t b = 0; b < got.size(); ++b)
            ASSERT_EQ(totals(got[b]), totals(expected[b])) << c.name << ", " << threads << " threads, resample " << b;
        }
    }
  }
}

TEST(AucBootstrap, ShuffledRowsWithTheSameUnitIdsGiveTheSameReplicates) {
  for (const Case& c : testing::score_cases<float>(1500)) {
    std::vector<std::size_t> from(c.scores.size());
    std::iota(from.begin(), from.end(), std::size_t{0});
    std::shuffle(from.begin(), from.end(), std::mt19937(4));
    Case shuffled = c;
    std::vector<std::int64_t> ids;
    for (std::size_t i = 0; i < from.size(); ++i) {
      shuffled.scores[i] = c.scores[from[i]];
      shuffled.labels[i] = c.labels[from[i]];
      ids.push_back(static_cast<std::int64_t>(from[i]) + 5);
    }
    const Ranked a = ranked(c), b = ranked(shuffled);
    const auto one = bootstrap({a.view()}, by_row(1500, 5), {});
    const auto two = bootstrap({b.view()}, {1500, ids.data(), 0, nullptr}, {.threads = 3});
    for (std::size_t i = 0; i < one.size(); ++i)
      ASSERT_EQ(totals(one[i]), totals(two[i])) << c.name << ", resample " << i;
  }
}

// Candidates, a slice with fewer rows, an empty one and shards of the first, all in one call.
TEST(AucBootstrap, ManyRankingsShareTheWeights) {
  const Index n = 5000;
  const auto cases = testing::score_cases<float>(n);
  for (std::size_t at = 0; at + 1 < cases.size(); at += 2) {
    const Ranked a = ranked(cases[at]), b = ranked(cases[at + 1]);
    std::vector<std::uint8_t> keep(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < keep.size(); ++i) keep[i] = i % 7 == 2;
    Ranked slice = a;
    const Index kept = select_ranks(a.view(), keep.data(), {slice.row.data(), slice.flags.data()});
    const std::vector<RankingView> rankings{a.view(), b.view(),        slice.view(0, kept),
                                            {},       a.view(0, 1777), a.view(1777, n)};
    const auto states = bootstrap(rankings, by_row(n), {.threads = 2});
    const auto state = [&](std::size_t m, int r) { return states[m * 72 + static_cast<std::size_t>(r)]; };
    for (int r : {0, 33, 71}) {
      const auto weight = [&](std::uint32_t row) { return drawn(kSeed, row, static_cast<std::uint32_t>(r)); };
      for (std::size_t m : {0, 1, 2}) ASSERT_EQ(totals(state(m, r)), sequential(rankings[m], weight)) << cases[at].name;
      ASSERT_TRUE(state(3, r).empty);
      ASSERT_EQ(totals(merge(state(4, r), state(5, r))), totals(state(0, r))) << cases[at].name;
    }
  }
}

TEST(AucBootstrap, ARangeOfResamplesIsAPartOfAll) {
  const Case c = testing::score_cases<float>(700)[4];
  const Ranked r = ranked(c);
  const auto all = bootstrap({r.view()}, by_row(700), {.resamples = {RngKey::from_seed(kSeed), 300}});
  const auto part = bootstrap({r.view()}, by_row(700), {.resamples = {RngKey::from_seed(kSeed), 99, 104}});
  for (std::size_t b = 0; b < part.size(); ++b) ASSERT_EQ(totals(part[b]), totals(all[104 + b]));
}

TEST(AucBootstrap, ResampleWithoutAClassIsNan) {
  const Case c{"", {0.1f, 0.2f}, {0, 1}};
  const Ranked r = ranked(c);
  int invalid = 0;
  const auto states = bootstrap({r.view()}, by_row(2), {.resamples = {RngKey::from_seed(kSeed), 1000}});
  for (const auto& state : states) {
    const MetricValue value = finish(state);
    invalid += value.reason == Reason::one_class;
    EXPECT_EQ(std::isnan(value.value), value.reason != Reason::ok);
  }
  EXPECT_NEAR(invalid, 600, 60);  // 1 - (1 - 1/e)^2 of them
}

}  // namespace
}  // namespace bakeoff::kernels

// The CUDA bootstrap of AUC against folds rank by rank: the oracle that the CPU's tests hold to, too.
#include "kernels/resample/auc_bootstrap.cuh"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "../ranking/score_cases.h"

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;

constexpr RngKey kKey{21, 43};

struct Ranked {
  std::vector<std::uint32_t> row;
  std::vector<std::uint8_t> flags;
  RankingView view() const { return {row.data(), flags.data(), static_cast<Index>(row.size())}; }
};

Ranked ranked(const testing::ScoreCase<float>& c) {
  Ranked r{std::vector<std::uint32_t>(c.scores.size()), std::vector<std::uint8_t>(c.scores.size())};
  std::iota(r.row.begin(), r.row.end(), 0u);
  std::stable_sort(r.row.begin(), r.row.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (c.scores[a] != c.scores[b]) return c.scores[a] < c.scores[b];
    return c.labels[a] < c.labels[b];
  });
  for (std::size_t i = 0; i < r.row.size(); ++i) {
    const bool begins = i == 0 || c.scores[r.row[i]] != c.scores[r.row[i - 1]];
    r.flags[i] = static_cast<std::uint8_t>((c.labels[r.row[i]] ? kRankPositive : 0) | (begins ? kRankBeginsGroup : 0));
  }
  return r;
}

template <class T>
AucState<T> sequential(const RankingView& ranking, const std::function<T(std::uint32_t)>& weight_of_row) {
  std::vector<AucState<T>> chunks;
  for (Index begin = 0; begin < ranking.rows; begin += kChunkRows) {
    AucFold<T> fold;
    for (Index rank = begin; rank < std::min(begin + kChunkRows, ranking.rows); ++rank) {
      if (rank > begin && ranking.flags[rank] & kRankBeginsGroup) fold.close_group();
      fold.add(ranking.flags[rank] & kRankPositive, weight_of_row(ranking.row[rank]));
    }
    chunks.push_back(fold.state(!(ranking.flags[begin] & kRankBeginsGroup)));
  }
  if (chunks.empty()) return {};
  merge_neighbours(chunks.data(), static_cast<Index>(chunks.size()));
  return chunks[0];
}

template <class T>
void expect_same(const AucState<T>& a, const AucState<T>& b, const std::string& what) {
  ASSERT_EQ(a.positive, b.positive) << what;
  ASSERT_EQ(a.negative, b.negative) << what;
  ASSERT_EQ(a.area2, b.area2) << what;
  ASSERT_EQ(a.head_positive, b.head_positive) << what;
  ASSERT_EQ(a.head_negative, b.head_negative) << what;
  ASSERT_EQ(a.tail_positive, b.tail_positive) << what;
  ASSERT_EQ(a.tail_negative, b.tail_negative) << what;
  ASSERT_EQ(a.one_group, b.one_group) << what;
  ASSERT_EQ(a.empty, b.empty) << what;
}

std::vector<AucState<std::uint64_t>> on_device(const std::vector<RankingView>& rankings, const ResampleUnits& units,
                                               const Resamples& range) {
  const auto count = static_cast<Index>(rankings.size());
  std::vector<AucState<std::uint64_t>> out(rankings.size() * static_cast<std::size_t>(range.count));
  const std::size_t bytes = auc_bootstrap_scratch_bytes(Stream{}, rankings.data(), count, units, range);
  std::vector<std::uint64_t> scratch(bytes / 8 + 1, 0xabababababababab);
  auc_bootstrap(Stream{}, rankings.data(), count, units, range, matrix_view(out.data(), count, range.count),
                scratch.data());
  return out;
}

std::vector<AucState<double>> on_device(const std::vector<RankingView>& rankings, const ResampleUnits& units,
                                        const std::vector<double>& weights, const Resamples& range) {
  const auto count = static_cast<Index>(rankings.size());
  std::vector<AucState<double>> out(rankings.size() * static_cast<std::size_t>(range.count));
  const std::size_t bytes = weighted_auc_bootstrap_scratch_bytes(Stream{}, rankings.data(), count, units, range);
  std::vector<std::uint64_t> scratch(bytes / 8 + 1, 0xabababababababab);
  weighted_auc_bootstrap(Stream{}, rankings.data(), count, units, weights.data(), range,
                         matrix_view(out.data(), count, range.count), scratch.data());
  return out;
}

// Sizes around the 128 ranks of a stage and the 1,024 of a chunk; 13 resamples leave half a group and most threads
// idle.
TEST(AucBootstrapEmulation, ByRowSameBitsAsTheFold) {
  const std::vector<Index> sizes = scale<std::vector<Index>>({1, 2, 127, 128, 129, 1023, 1025, 2500}, {129, 1025});
  for (Index n : sizes)
    for (const auto& c : testing::score_cases<float>(n)) {
      const Ranked r = ranked(c);
      const ResampleUnits units = ResampleUnits::rows(n, 1000);
      const auto states = on_device({r.view()}, units, {kKey, 13, 8});
      for (std::uint32_t b = 0; b < 13; ++b)
        expect_same(states[b],
                    sequential<std::uint64_t>(r.view(),
                                              [&](std::uint32_t row) {
                                                return static_cast<std::uint64_t>(unit_weight(kKey, 1000 + row, 8 + b));
                                              }),
                    c.name + ", " + std::to_string(n) + " rows, resample " + std::to_string(b));
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
TEST(AucBootstrapEmulation, ByUnitSameBitsAsTheFold) {
  for (std::size_t count : {20, 1400})
    for (const auto& c : testing::score_cases<float>(scale(1500, 300))) {
      const Ranked r = ranked(c);
      const Clusters k = clusters(r.view().rows, count);
      const auto states = on_device({r.view()}, k.units(), {kKey, 9});
      for (std::uint32_t b = 0; b < 9; ++b)
        expect_same(
            states[b],
            sequential<std::uint64_t>(r.view(),
                                      [&](std::uint32_t row) {
                                        return static_cast<std::uint64_t>(unit_weight(kKey, k.ids[k.of_row[row]], b));
                                      }),
            c.name + ", resample " + std::to_string(b));
    }
}

TEST(AucBootstrapEmulation, WithSampleWeightsSameBitsAsTheFold) {
  for (Index n : scale<std::vector<Index>>({1, 130, 4096, 4097, 9000}, {130, 4097})) {
    std::mt19937_64 rng(6);
    std::vector<double> weights(static_cast<std::size_t>(n));
    for (double& w : weights) w = rng() % 10 == 0 ? 0.0 : std::exponential_distribution<double>()(rng);
    for (const auto& c : testing::score_cases<float>(n)) {
      const Ranked r = ranked(c);
      const Clusters k = clusters(n, 50);
      const auto states = on_device({r.view()}, k.units(), weights, {kKey, 8});
      for (std::uint32_t b : {0u, 7u})
        expect_same(
            states[b],
            sequential<double>(
                r.view(), [&](std::uint32_t row) { return unit_weight(kKey, k.ids[k.of_row[row]], b) * weights[row]; }),
            c.name + ", " + std::to_string(n) + " rows");
    }
  }
}

// More rankings than a launch takes, of different lengths, one of them empty; more groups than a block has threads.
TEST(AucBootstrapEmulation, ManyRankingsAndResamples) {
  const auto cases = testing::score_cases<float>(scale(300, 40));
  std::vector<Ranked> all;
  std::vector<RankingView> rankings{{}};
  for (std::size_t m = 0; m < 35; ++m) {
    all.push_back(ranked(cases[m % cases.size()]));
    for (std::size_t i = 0; m % 3 == 0 && i < all.back().row.size() / 2; ++i) all.back().row.pop_back();
  }
  for (const Ranked& r : all) rankings.push_back(r.view());
  const ResampleUnits units = ResampleUnits::rows(static_cast<Index>(cases[0].scores.size()));
  const int resamples = scale(1040, 24);
  const auto states = on_device(rankings, units, {kKey, resamples});
  for (std::size_t m = 0; m < rankings.size(); ++m)
    for (int b : {0, resamples - 1})
      expect_same(states[m * static_cast<std::size_t>(resamples) + static_cast<std::size_t>(b)],
                  sequential<std::uint64_t>(rankings[m],
                                            [&](std::uint32_t row) {
                                              return static_cast<std::uint64_t>(
                                                  unit_weight(kKey, row, static_cast<std::uint32_t>(b)));
                                            }),
                  "ranking " + std::to_string(m) + ", resample " + std::to_string(b));
}

TEST(AucBootstrapEmulation, SameBitsUnderEverySchedule) {
  const Ranked r = ranked(testing::score_cases<float>(700)[4]);
  const ResampleUnits units = ResampleUnits::rows(700);
  const auto expected = on_device({r.view()}, units, {kKey, 40});
  for (unsigned seed = 1; seed <= scale(20u, 1u); ++seed) {
    Options options;
    options.seed = seed;
    const ScopedOptions scoped(options);
    const auto got = on_device({r.view()}, units, {kKey, 40});
    for (std::size_t b = 0; b < got.size(); ++b) expect_same(got[b], expected[b], "seed " + std::to_string(seed));
  }
}

}  // namespace
}  // namespace bakeoff::kernels

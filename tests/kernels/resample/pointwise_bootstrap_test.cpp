#include "kernels/resample/pointwise_bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "../metrics/term_sets.h"
#include "kernels/metrics/catalog.h"
#include "kernels/metrics/pointwise.h"
#include "kernels/resample/pointwise_bootstrap_simd.h"

namespace bakeoff::kernels {
namespace {

__extension__ using Wide = __int128;

constexpr int kTerms = testing::kAnyRowTerms;

TermSet all_terms() { return testing::any_row_terms(); }

struct Data {
  Index candidates, rows;
  std::vector<float> scores;
  std::vector<double> labels, weights;
  std::vector<std::int64_t> ids;          // of units
  std::vector<std::int32_t> unit_of_row;  // empty: by row

  ScoredRows<float> view() const { return view(0, rows); }
  ScoredRows<float> view(Index first, Index last) const {
    ScoredRows<float> v{{scores.data() + first, {candidates, last - first}, {rows, 1}, Device::cpu},
                        vector_view(labels.data() + first, last - first)};
    if (!weights.empty()) v.weights = vector_view(weights.data() + first, last - first);
    return v;
  }
  ResampleUnits units(Index first = 0) const {
    if (unit_of_row.empty() && ids.empty()) return ResampleUnits::rows(rows - first, first);
    if (unit_of_row.empty()) return {rows - first, ids.data() + first, 0, nullptr};
    return {static_cast<Index>(ids.size()), ids.data(), 0, unit_of_row.data() + first};
  }
  std::int64_t unit(Index row) const { return ids.empty() ? row : ids[unit_of_row.empty() ? row : unit_of_row[row]]; }
};

Data make(Index candidates, Index rows, bool weighted, Index units, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  Data d{candidates, rows, {}, {}, {}, {}, {}};
  for (Index i = 0; i < candidates * rows; ++i) d.scores.push_back(static_cast<float>(uniform()));
  for (Index i = 0; i < rows; ++i) d.labels.push_back(uniform() < .3);
  for (Index i = 0; weighted && i < rows; ++i) d.weights.push_back(uniform() < .1 ? 0 : std::exp(4 * uniform()));
  for (Index u = 0; u < units; ++u) d.ids.push_back(static_cast<std::int64_t>(random()));
  for (Index i = 0; units > 0 && i < rows; ++i) d.unit_of_row.push_back(static_cast<std::int32_t>(random() % units));
  return d;
}

struct Replicates {
  std::vector<int> exponents;
  std::vector<ExactSum> totals;
};

// Integers, normalised: the two parts may be split in many ways.
std::vector<Wide> integers(const Replicates& r) {
  std::vector<Wide> out;
  for (const ExactSum& s : r.totals) out.push_back(static_cast<Wide>(s.high) * (Wide{1} << 32) + s.low);
  return out;
}

std::vector<int> exponents_of(const Data& d, TermSet terms) {
  const Workers workers(2);
  const Index columns = d.candidates * terms.count();
  std::vector<double> sums(columns), largest(columns), scratch(partials_bytes(columns, d.rows) / sizeof(double));
  pointwise_sums(workers, d.view(), terms, MetricContext{}, sums.data(), largest.data(), scratch.data());
  std::vector<int> exponents;
  for (const double x : largest) exponents.push_back(term_exponent(x));
  return exponents;
}

void add_rows(const Data& d, Index first, Index last, TermSet terms, int resamples, int threads, Replicates& out,
              std::uint32_t first_resample = 0) {
  const Workers workers(threads);
  ResampleUnits units = d.units(first);
  if (d.unit_of_row.empty()) units.count = last - first;
  std::vector<double> scratch(pointwise_bootstrap_scratch_bytes(workers, d.candidates, last - first, terms, units) /
                              sizeof(double));
  pointwise_bootstrap(workers, d.view(first, last), units, {RngKey::from_seed(9), resamples, first_resample}, terms,
                      MetricContext{}, out.exponents.data(), out.totals.data(), scratch.data());
}

Replicates run(const Data& d, TermSet terms, int resamples, int threads = 2) {
  Replicates r{exponents_of(d, terms), std::vector<ExactSum>(resamples * d.candidates * terms.count())};
  add_rows(d, 0, d.rows, terms, resamples, threads, r);
  return r;
}

// The rounded term of a row: |.| at most 2^36.
std::int64_t integer_term(const Data& d, Index m, Index row, Term kind, int exponent) {
  const double s = d.scores[m * d.rows + row], y = d.labels[row];
  const bool positive = y != 0, predicted = s >= .5;
  double term = 1;
  if (kind == Term::log_loss) term = -math::log(std::clamp(positive ? s : 1 - s, 0x1p-52, 1 - 0x1p-52));
  if (kind == Term::squared_error) term = (s - y) * (s - y);
  if (kind == Term::absolute_error) term = std::fabs(s - y);
  if (kind == Term::correct) term = positive == predicted;
  if (kind == Term::true_positive) term = positive && predicted;
  if (kind == Term::false_positive) term = !positive && predicted;
  if (kind == Term::true_negative) term = !positive && !predicted;
  if (kind == Term::false_negative) term = positive && !predicted;
  if (kind == Term::label || kind == Term::label_squared) term = y;
  if (kind == Term::positive) term = positive;
  if (kind == Term::predicted) term = predicted;
  if (kind == Term::predicted_label) term = predicted ? y : 0;
  if (kind == Term::score) term = s;
  if (kind == Term::error) term = y - s;
  if (kind == Term::error_squared) term = (y - s) * (y - s);
  if (kind == Term::shortfall) term = std::max(y - s, 0.0);
  if (kind == Term::excess) term = std::max(s - y, 0.0);
  if (kind == Term::relative_error) term = std::fabs(y - s) / std::max(y, 0x1p-52);
  if (kind == Term::squared_log_error) term = std::pow(math::log1p(y) - math::log1p(s), 2);
  const double weighted = d.weights.empty() ? term : d.weights[row] * term;
  return static_cast<std::int64_t>(std::nearbyint(std::ldexp(weighted, 36 - exponent)));
}

void expect_oracle(const Data& d, int resamples) {
  const TermSet terms = all_terms();
  const Replicates got = run(d, terms, resamples);
  const std::vector<Wide> sums = integers(got);
  for (Index m = 0; m < d.candidates; ++m)
    for (int k = 0; k < kTerms; ++k) {
      const Index column = m * kTerms + k;
      std::vector<Wide> want(resamples, 0);
      for (Index row = 0; row < d.rows; ++row) {
        const std::int64_t term = integer_term(d, m, row, Term(k), got.exponents[column]);
        ASSERT_LE(std::abs(term), std::int64_t{1} << 36);
        for (int r = 0; r < resamples; ++r)
          want[r] += static_cast<Wide>(term) * unit_weight(RngKey::from_seed(9), d.unit(row), r);
      }
      for (int r = 0; r < resamples; ++r)
        ASSERT_TRUE(sums[r * d.candidates * kTerms + column] == want[r])
            << d.rows << " rows, term " << k << ", resample " << r;
    }
}

TEST(PointwiseBootstrap, EqualsAnIntegerOracleByRow) {
  for (const Index rows : {1, 255, 4095, 4096, 4097, 9000})
    for (const bool weighted : {false, true}) expect_oracle(make(2, rows, weighted, 0), rows > 4000 ? 11 : 70);
}

TEST(PointwiseBootstrap, EqualsAnIntegerOracleByUnit) {
  for (const Index units : {1, 30, 5000})
    for (const bool weighted : {false, true}) expect_oracle(make(2, 9000, weighted, units), 11);
}

TEST(PointwiseBootstrap, EqualsAnIntegerOracleWithAnIdForEachRow) {
  Data d = make(1, 5000, false, 0);
  for (Index i = 0; i < d.rows; ++i) d.ids.push_back(i * 0x9E3779B97F4A7C15);
  expect_oracle(d, 10);
}

TEST(PointwiseBootstrap, HasNothingToAddWithoutRows) {
  const Replicates none = run(make(2, 0, false, 0), all_terms(), 5);
  for (const Wide sum : integers(none)) EXPECT_TRUE(sum == 0);
}

TEST(PointwiseBootstrap, HasTheSameIntegersForAnyNumberOfThreads) {
  for (const Index units : {0, 40}) {
    const Data d = make(2, 30'001, true, units);
    const auto one = integers(run(d, all_terms(), 130, 1));
    for (const int threads : {2, 3, 8, 16}) EXPECT_TRUE(integers(run(d, all_terms(), 130, threads)) == one) << threads;
  }
}

TEST(PointwiseBootstrap, DoesNotDependOnTheOrderOfRowsWithUnitIds) {
  const Data d = make(2, 20'000, true, 50);
  std::vector<Index> order(d.rows);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(3));
  Data shuffled = d;
  for (Index i = 0; i < d.rows; ++i) {
    for (Index m = 0; m < 2; ++m) shuffled.scores[m * d.rows + i] = d.scores[m * d.rows + order[i]];
    shuffled.labels[i] = d.labels[order[i]];
    shuffled.weights[i] = d.weights[order[i]];
    shuffled.unit_of_row[i] = d.unit_of_row[order[i]];
  }
  EXPECT_TRUE(integers(run(d, all_terms(), 20)) == integers(run(shuffled, all_terms(), 20)));
}

TEST(PointwiseBootstrap, GivesAnyRangeOfTheResamples) {
  for (const Index units : {0, 40}) {
    const Data d = make(2, 5000, true, units);
    const TermSet terms = all_terms();
    Replicates tail{exponents_of(d, terms), std::vector<ExactSum>(90 * d.candidates * terms.count())};
    add_rows(d, 0, d.rows, terms, 90, 2, tail, 72);
    std::vector<Wide> all = integers(run(d, terms, 162));
    all.erase(all.begin(), all.begin() + 72 * d.candidates * terms.count());
    EXPECT_TRUE(integers(tail) == all) << units << " units";
  }
}

TEST(PointwiseBootstrap, AddsShardsToTheWhole) {
  for (const Index units : {0, 40}) {
    const Data d = make(2, 3 * kChunkRows + 100, true, units);
    const TermSet terms = all_terms();
    Replicates shards{exponents_of(d, terms), std::vector<ExactSum>(20 * d.candidates * terms.count())};
    add_rows(d, 2 * kChunkRows, d.rows, terms, 20, 1, shards);
    add_rows(d, 0, kChunkRows, terms, 20, 2, shards);
    add_rows(d, kChunkRows, 2 * kChunkRows, terms, 20, 3, shards);
    EXPECT_TRUE(integers(shards) == integers(run(d, terms, 20))) << units << " units";
  }
}

TEST(PointwiseBootstrap, TakesMoreCandidatesThanFitABlock) {
  const Data d = make(70, 500, false, 0);
  const TermSet terms(Term::weight, Term::squared_error);
  const std::vector<Wide> together = integers(run(d, terms, 9));
  for (const Index m : {0, 23, 24, 69}) {
    Data alone = make(70, 500, false, 0);
    alone.candidates = 1;
    alone.scores.assign(d.scores.begin() + m * d.rows, d.scores.begin() + (m + 1) * d.rows);
    const std::vector<Wide> one = integers(run(alone, terms, 9));
    for (int r = 0; r < 9; ++r)
      for (int t = 0; t < 2; ++t) EXPECT_TRUE(one[r * 2 + t] == together[r * 140 + m * 2 + t]) << m;
  }
}

// The replicate of a metric is the metric under the resample's weights.
TEST(PointwiseBootstrap, FinishesToTheMetricUnderTheReplicatesWeights) {
  const Data d = make(1, 6000, true, 0);
  const Metric* metrics[] = {find_metric("log_loss"), find_metric("f1"), find_metric("r2")};
  const TermSet terms = terms_for(metrics, 3);
  const Replicates replicates = run(d, terms, 12);
  for (int r = 0; r < 12; ++r) {
    Data weighted = d;
    for (Index i = 0; i < d.rows; ++i) weighted.weights[i] *= unit_weight(RngKey::from_seed(9), i, r);
    const Workers workers(2);
    std::vector<double> sums(terms.count()), largest(terms.count());
    std::vector<double> scratch(partials_bytes(terms.count(), d.rows) / sizeof(double));
    pointwise_sums(workers, weighted.view(), terms, MetricContext{}, sums.data(), largest.data(), scratch.data());
    const TermSums got =
        replicate_sums(terms, &replicates.totals[r * terms.count()], replicates.exponents.data(), d.rows);
    for (const Metric* metric : metrics)
      EXPECT_NEAR(finish(*metric, got, {}).value, finish(*metric, unpack(terms, sums.data(), d.rows), {}).value, 1e-10)
          << metric->name;
  }
}

TEST(ExactSum, KeepsWhatADoubleLoses) {
  const std::int64_t big = (std::int64_t{1} << 50) + 1;
  ExactSum sum;
  for (int i = 0; i < 1000; ++i) {
    sum.low += low_part(-big);
    sum.high += high_part(-big);
  }
  EXPECT_EQ(value_of(sum, 36), -1000.0 * static_cast<double>(big));
  sum.low += low_part(1000 * big - 1);
  sum.high += high_part(1000 * big - 1);
  EXPECT_EQ(value_of(sum, 36), -1.0);
  EXPECT_EQ(value_of(sum, 0), -0x1p-36);
}

TEST(ExactSum, TakesTheSmallestPowerOfTwoThatHoldsTheTerms) {
  EXPECT_EQ(term_exponent(0), 0);
  EXPECT_EQ(term_exponent(1), 0);
  EXPECT_EQ(term_exponent(1.0000001), 1);
  EXPECT_EQ(term_exponent(.75), 0);
  EXPECT_EQ(term_exponent(.5), -1);
  EXPECT_EQ(term_exponent(1.7e308), 1024);
  EXPECT_EQ(term_exponent(5e-324), -900);
  EXPECT_TRUE(std::isfinite(term_factor(term_exponent(5e-324))));
  EXPECT_GT(term_factor(1024), 0);
}

class WeightedColumnSums : public ::testing::TestWithParam<Isa> {};

TEST_P(WeightedColumnSums, AreExactForAnyNumberOfColumns) {
  const Isa isa = GetParam();
  if (!supports(isa)) GTEST_SKIP() << "this CPU lacks the instruction set";
  std::mt19937_64 random(4);
  constexpr Index kRows = 37, kStride = 50;
  std::vector<std::uint8_t> weights(kRows * kTileResamples);
  for (auto& w : weights) w = random() % 9;
  for (Index columns = 1; columns <= 14; ++columns) {
    std::vector<double> terms(columns * kStride), sums(columns * kTileResamples + 1, 3);
    for (double& t : terms)
      t = std::nearbyint(std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())), -27));
    const WeightedColumns job{weights.data(), kRows, terms.data(), kStride, columns, sums.data()};
    BAKEOFF_FOR_ISA(isa, add_weighted(job));
    for (Index c = 0; c < columns; ++c)
      for (int r = 0; r < kTileResamples; ++r) {
        std::int64_t want = 3;
        for (Index i = 0; i < kRows; ++i)
          want += weights[i * kTileResamples + r] * static_cast<std::int64_t>(terms[c * kStride + i]);
        ASSERT_EQ(sums[c * kTileResamples + r], static_cast<double>(want)) << columns << " columns";
      }
    EXPECT_EQ(sums.back(), 3) << "written past the end";
  }
}

INSTANTIATE_TEST_SUITE_P(AllIsas, WeightedColumnSums, ::testing::Values(Isa::v2, Isa::v3, Isa::v4),
                         [](const auto& info) { return "v" + std::to_string(static_cast<int>(info.param) + 2); });

}  // namespace
}  // namespace bakeoff::kernels

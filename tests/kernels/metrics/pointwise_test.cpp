#include "kernels/metrics/pointwise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "kernels/metrics/pointwise_simd.h"

namespace bakeoff::kernels {
namespace {

constexpr int kAllBits = (1 << kTermCount) - 1;

TermSet all_terms() {
  TermSet terms;
  terms.bits = kAllBits;
  return terms;
}

template <class T>
struct Data {
  std::vector<T> scores;
  std::vector<double> labels, weights;
  Index candidates, rows;

  Data(Index m, Index n, std::uint64_t seed, bool weighted) : candidates(m), rows(n) {
    std::mt19937_64 random(seed);
    const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    for (Index i = 0; i < m * n; ++i) {
      const double u = unit();
      scores.push_back(static_cast<T>(u < .02 ? 0 : u > .98 ? 1 : u < .1 ? .5 : unit()));
    }
    for (Index i = 0; i < n; ++i) labels.push_back(unit() < .3);
    if (weighted)
      for (Index i = 0; i < n; ++i) weights.push_back(unit() < .1 ? 0 : std::exp(6 * unit() - 3));
  }
  ScoredRows<T> view() const {
    ScoredRows<T> v{matrix_view(scores.data(), candidates, rows), vector_view(labels.data(), rows)};
    if (!weights.empty()) v.weights = vector_view(weights.data(), rows);
    return v;
  }
};

struct Result {
  std::vector<double> sums, largest;
  bool operator==(const Result&) const = default;
};

template <class T>
Result run(const ScoredRows<T>& rows, TermSet terms, int threads, const MetricContext& context = {}) {
  const Workers workers(threads);
  const Index m = rows.candidates(), t = terms.count();
  Result r{std::vector<double>(m * t, -1), std::vector<double>(m * t, -1)};
  std::vector<double> scratch(partials_bytes(m * t, rows.rows()) / sizeof(double));
  pointwise_sums(workers, rows, terms, context, r.sums.data(), r.largest.data(), scratch.data());
  return r;
}

// The definition of each term, in long double.
long double oracle_term(int kind, double s, double y, const MetricContext& c) {
  const bool positive = y != 0, predicted = s >= c.threshold;
  const long double shifted = static_cast<long double>(y - c.label_shift);
  switch (Term(kind)) {
    case Term::weight:
      return 1;
    case Term::log_loss: {
      const double p = positive ? s : 1 - s;
      return -std::log(static_cast<long double>(std::min(std::max(p, c.eps), 1 - c.eps)));
    }
    case Term::squared_error:
      return (static_cast<long double>(s) - y) * (static_cast<long double>(s) - y);
    case Term::absolute_error:
      return std::fabs(static_cast<long double>(s) - y);
    case Term::correct:
      return positive == predicted;
    case Term::true_positive:
      return positive && predicted;
    case Term::false_positive:
      return !positive && predicted;
    case Term::true_negative:
      return !positive && !predicted;
    case Term::false_negative:
      return positive && !predicted;
    case Term::label:
      return shifted;
    case Term::label_squared:
      return shifted * shifted;
  }
  return NAN;
}

template <class T>
void expect_near_oracle(const Data<T>& d, const MetricContext& context) {
  const Result got = run(d.view(), all_terms(), 2, context);
  for (Index m = 0; m < d.candidates; ++m)
    for (int k = 0; k < kTermCount; ++k) {
      long double sum = 0, size = 0, peak = 0;
      for (Index i = 0; i < d.rows; ++i) {
        const long double w = d.weights.empty() ? 1 : d.weights[i];
        const long double v = w * oracle_term(k, d.scores[m * d.rows + i], d.labels[i], context);
        sum += v;
        size += std::fabs(v);
        peak = std::max(peak, std::fabs(v));
      }
      const Index at = m * kTermCount + k;
      EXPECT_NEAR(got.sums[at], static_cast<double>(sum), 2e-15 * static_cast<double>(size)) << "term " << k;
      EXPECT_NEAR(got.largest[at], static_cast<double>(peak), 1e-15 * static_cast<double>(peak)) << "term " << k;
    }
}

constexpr Index kRowCounts[] = {0, 1, 2, 255, 256, 257, 4095, 4096, 4097, 3 * 4096 + 5, 50'000};

TEST(PointwiseSums, AgreeWithALongDoubleOracle) {
  std::uint64_t seed = 1;
  for (const Index rows : kRowCounts)
    for (const bool weighted : {false, true}) {
      SCOPED_TRACE(rows);
      MetricContext context{.threshold = .4, .eps = 0x1p-23, .label_shift = .3};
      expect_near_oracle(Data<float>(2, rows, ++seed, weighted), context);
      context.eps = 0x1p-52;
      expect_near_oracle(Data<double>(2, rows, ++seed, weighted), context);
    }
}

// order.h, written down once more for one column: lanes, their halving, the halving of chunks.
double sum_in_order(const std::vector<double>& terms) {
  std::vector<double> chunks;
  for (std::size_t first = 0; first < terms.size(); first += 4096) {
    std::vector<double> lane(256, 0.0);
    for (std::size_t i = first; i < std::min(terms.size(), first + 4096); ++i) lane[(i - first) % 256] += terms[i];
    for (std::size_t half = 128; half > 0; half /= 2)
      for (std::size_t l = 0; l < half; ++l) lane[l] += lane[l + half];
    chunks.push_back(lane[0]);
  }
  while (chunks.size() & (chunks.size() - 1)) chunks.push_back(0);
  for (std::size_t half = chunks.size() / 2; half > 0; half /= 2)
    for (std::size_t i = 0; i < half; ++i) chunks[i] += chunks[i + half];
  return chunks[0];
}

TEST(PointwiseSums, FollowTheOneOrderOfReductionToTheBit) {
  for (const Index rows : {Index{1}, Index{300}, Index{4097}, Index{5 * 4096 + 77}}) {
    const Data<double> d(1, rows, 7, true);
    std::vector<double> terms;
    for (Index i = 0; i < rows; ++i) {
      const double e = d.scores[i] - d.labels[i];
      terms.push_back(d.weights[i] * (e * e));
    }
    EXPECT_EQ(run(d.view(), TermSet(Term::squared_error), 2).sums[0], sum_in_order(terms)) << rows;
  }
}

TEST(PointwiseSums, HaveTheSameBitsForAnyNumberOfThreads) {
  const Data<float> d(3, 50'001, 3, true);
  const Result one = run(d.view(), all_terms(), 1);
  for (const int threads : {2, 3, 8, 16}) EXPECT_EQ(run(d.view(), all_terms(), threads), one) << threads;
}

TEST(PointwiseSums, OfATermDoNotDependOnTheOtherTermsOrCandidates) {
  const Data<float> d(3, 9'001, 4, true);
  const Result together = run(d.view(), all_terms(), 2);
  for (int k = 0; k < kTermCount; ++k)
    for (Index m = 0; m < 3; ++m) {
      ScoredRows<float> alone = d.view();
      alone.scores = matrix_view(d.scores.data() + m * d.rows, 1, d.rows);
      EXPECT_EQ(run(alone, TermSet(Term(k)), 2).sums[0], together.sums[m * kTermCount + k]);
    }
}

TEST(PointwiseSums, ReadStridedScores) {
  const Data<float> d(4, 5'000, 5, false);
  std::vector<float> columns(d.scores.size());  // N x M, as a model that predicts all candidates writes it
  for (Index m = 0; m < 4; ++m)
    for (Index i = 0; i < d.rows; ++i) columns[i * 4 + m] = d.scores[m * d.rows + i];
  ScoredRows<float> strided = d.view();
  strided.scores = {columns.data(), {4, d.rows}, {1, 4}, Device::cpu};
  EXPECT_EQ(run(strided, all_terms(), 2), run(d.view(), all_terms(), 2));
}

TEST(PointwiseSums, OfFloatScoresEqualThoseOfTheirDoubleCast) {
  const Data<float> d(2, 10'000, 6, true);
  Data<double> cast(2, 10'000, 6, true);
  cast.scores.assign(d.scores.begin(), d.scores.end());
  EXPECT_EQ(run(d.view(), all_terms(), 2), run(cast.view(), all_terms(), 2));
}

TEST(PointwiseSums, OfBlocksOfRowsEqualTheWholeToTheBit) {
  const Data<double> d(2, 5 * kChunkRows + 123, 8, true);
  const Index columns = 2 * kTermCount;
  std::vector<double> memory(partials_bytes(columns, d.rows) / sizeof(double));
  const ChunkPartials partials = partials_in(memory.data(), columns, d.rows);
  const Workers workers(2);
  // Out of order: a shard doesn't wait for another
  for (const auto& [first, last] :
       {std::pair{3 * kChunkRows, d.rows}, {Index{0}, kChunkRows}, {kChunkRows, 3 * kChunkRows}}) {
    const ScoredRows<double> block{{d.scores.data() + first, {2, last - first}, {d.rows, 1}, Device::cpu},
                                   vector_view(d.labels.data() + first, last - first),
                                   vector_view(d.weights.data() + first, last - first)};
    pointwise_partials(workers, block, all_terms(), MetricContext{}, first / kChunkRows, partials);
  }
  Result blocks{std::vector<double>(columns), std::vector<double>(columns)};
  pointwise_totals(workers, columns, partials, blocks.sums.data(), blocks.largest.data());
  EXPECT_EQ(blocks, run(d.view(), all_terms(), 2));
}

template <class T>
void expect_isa_agrees(Isa isa) {
  if (!supports(isa)) GTEST_SKIP() << "this CPU lacks the instruction set";
  for (const Index rows : {Index{1}, Index{255}, Index{4095}, kChunkRows}) {
    const Data<T> d(1, rows, 11, true);
    const ChunkRows<T> chunk = chunk_rows(d.view(), 0, 0);
    double factors[kTermCount], sums[2][kTermCount], largest[2][kTermCount];
    for (double& f : factors) f = 0x1p30;
    std::vector<double> terms[2] = {std::vector<double>(kTermCount * kChunkRows),
                                    std::vector<double>(kTermCount * kChunkRows)};
    for (const int which : {0, 1}) {
      const Isa used = which ? isa : Isa::v2;
      BAKEOFF_FOR_ISA(used, chunk_sums(chunk, all_terms(), MetricContext{}, {sums[which], largest[which], 1}));
      BAKEOFF_FOR_ISA(used, chunk_terms(chunk, all_terms(), MetricContext{}, factors, terms[which].data()));
    }
    for (int k = 0; k < kTermCount; ++k) {
      EXPECT_EQ(sums[0][k], sums[1][k]) << k;
      EXPECT_EQ(largest[0][k], largest[1][k]) << k;
    }
    EXPECT_EQ(terms[0], terms[1]);
  }
}

TEST(PointwiseIsa, Avx2GivesTheBitsOfTheBaseline) {
  expect_isa_agrees<float>(Isa::v3);
  expect_isa_agrees<double>(Isa::v3);
}
TEST(PointwiseIsa, Avx512GivesTheBitsOfTheBaseline) {
  expect_isa_agrees<float>(Isa::v4);
  expect_isa_agrees<double>(Isa::v4);
}

}  // namespace
}  // namespace bakeoff::kernels

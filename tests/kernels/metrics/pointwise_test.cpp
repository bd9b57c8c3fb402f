#include "kernels/metrics/pointwise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "kernels/metrics/pointwise_simd.h"
#include "term_sets.h"

namespace bakeoff::kernels {
namespace {

constexpr int kTerms = testing::kAnyRowTerms;

TermSet all_terms() { return testing::any_row_terms(); }

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
    case Term::positive:
      return positive;
    case Term::predicted:
      return predicted;
    case Term::predicted_label:
      return predicted ? y : 0;
    case Term::score:
      return s;
    case Term::error:
      return y - static_cast<long double>(s) - c.error_shift;
    case Term::error_squared:
      return (y - static_cast<long double>(s) - c.error_shift) * (y - static_cast<long double>(s) - c.error_shift);
    case Term::shortfall:
      return std::max(y - static_cast<long double>(s), 0.0L);
    case Term::excess:
      return std::max(static_cast<long double>(s) - y, 0.0L);
    case Term::relative_error:
      return std::fabs(y - static_cast<long double>(s)) / std::max(std::fabs(static_cast<long double>(y)), 0x1p-52L);
    case Term::squared_log_error:
      return std::pow(std::log1p(static_cast<long double>(y)) - std::log1p(static_cast<long double>(s)), 2.0L);
    // With labels and scores above 0
    case Term::poisson_deviance:
      return 2 * (y * std::log(static_cast<long double>(y) / s) - y + s);
    case Term::gamma_deviance:
      return 2 * (std::log(static_cast<long double>(s) / y) + static_cast<long double>(y) / s - 1);
    case Term::tweedie_deviance: {
      const long double p = c.power, mu = s, target = y;
      return 2 * (std::pow(target, 2 - p) / ((1 - p) * (2 - p)) - target * std::pow(mu, 1 - p) / (1 - p) +
                  std::pow(mu, 2 - p) / (2 - p));
    }
  }
  return NAN;
}

template <class T>
void expect_near_oracle(const Data<T>& d, const MetricContext& context) {
  const Result got = run(d.view(), all_terms(), 2, context);
  for (Index m = 0; m < d.candidates; ++m)
    for (int k = 0; k < kTerms; ++k) {
      long double sum = 0, size = 0, peak = 0;
      for (Index i = 0; i < d.rows; ++i) {
        const long double w = d.weights.empty() ? 1 : d.weights[i];
        const long double v = w * oracle_term(k, d.scores[m * d.rows + i], d.labels[i], context);
        sum += v;
        size += std::fabs(v);
        peak = std::max(peak, std::fabs(v));
      }
      const Index at = m * kTerms + k;
      // The log of a product is off by 2^-53 a row, however small its size
      const double rows_off = Term(k) == Term::log_loss ? 0x1p-52 * static_cast<double>(d.rows) : 0;
      // A square of a difference of logs has twice the error of each log, which is 1 ulp
      const double factor = Term(k) == Term::squared_log_error ? 8 : 2;
      EXPECT_NEAR(got.sums[at], static_cast<double>(sum), factor * 1e-15 * static_cast<double>(size) + rows_off)
          << "term " << k;
      EXPECT_NEAR(got.largest[at], static_cast<double>(peak), factor * .5e-15 * static_cast<double>(peak))
          << "term " << k;
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

// Labels and scores above 0.
template <class T>
Data<T> positive_data(Index candidates, Index rows, std::uint64_t seed, bool weighted) {
  Data<T> d(candidates, rows, seed, weighted);
  for (T& s : d.scores) s = static_cast<T>(s * 3 + .25);
  for (double& y : d.labels) y = y * 4 + .125;
  return d;
}

TEST(PointwiseSums, OfDeviancesAgreeWithALongDoubleOracle) {
  const TermSet terms = testing::deviance_terms();
  for (const double power : {-1.0, 0.0, 1.0, 1.5, 2.0, 3.0}) {
    const Data<double> d = positive_data<double>(1, 5000, 17, true);
    const MetricContext context{.power = power};
    const Result got = run(d.view(), terms, 2, context);
    for (const Term term : {Term::poisson_deviance, Term::gamma_deviance, Term::tweedie_deviance}) {
      // The powers with formulas of their own
      const bool tweedie = term == Term::tweedie_deviance;
      const Term same = tweedie && power == 0   ? Term::squared_error
                        : tweedie && power == 1 ? Term::poisson_deviance
                        : tweedie && power == 2 ? Term::gamma_deviance
                                                : term;
      long double sum = 0, parts = 0;
      for (Index i = 0; i < d.rows; ++i) {
        sum += d.weights[i] * oracle_term(int(same), d.scores[i], d.labels[i], context);
        parts += d.weights[i] * 60;  // what cancels: at most 4.125^3 / 2, with an error of some ulp
      }
      EXPECT_NEAR(got.sums[terms.index(term)], static_cast<double>(sum), 1e-15 * static_cast<double>(parts)) << power;
    }
  }
}

TEST(PointwiseSums, ShiftTheErrorsOfEachCandidateByItsOwnNumber) {
  const Data<double> d(3, 5000, 18, false);
  const double shifts[] = {0, -.25, 2};
  const MetricContext context{.error_shifts = shifts};
  const Result got = run(d.view(), TermSet(Term::error), 2, context);
  for (Index m = 0; m < 3; ++m) {
    double sum = 0;
    for (Index i = 0; i < d.rows; ++i) sum += d.labels[i] - d.scores[m * d.rows + i] - shifts[m];
    EXPECT_NEAR(got.sums[m], sum, 1e-9) << m;
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
  for (int k = 0; k < kTerms; ++k)
    for (Index m = 0; m < 3; ++m) {
      ScoredRows<float> alone = d.view();
      alone.scores = matrix_view(d.scores.data() + m * d.rows, 1, d.rows);
      EXPECT_EQ(run(alone, TermSet(Term(k)), 2).sums[0], together.sums[m * kTerms + k]);
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
  const Index columns = 2 * kTerms;
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
void expect_isa_agrees(const Data<T>& d, Isa isa, TermSet set) {
  const MetricContext context{.power = 1.5};
  const ChunkRows<T> chunk = chunk_rows(d.view(), 0, 0);
  double factors[kTerms], sums[2][kTerms], largest[2][kTerms];
  for (double& f : factors) f = 0x1p30;
  std::vector<double> terms[2] = {std::vector<double>(kTerms * kChunkRows), std::vector<double>(kTerms * kChunkRows)};
  for (const int which : {0, 1}) {
    const Isa used = which ? isa : Isa::v2;
    BAKEOFF_FOR_ISA(used, chunk_sums(chunk, set, context, {sums[which], largest[which], 1}));
    BAKEOFF_FOR_ISA(used, chunk_terms(chunk, set, context, factors, terms[which].data()));
  }
  for (int k = 0; k < set.count(); ++k) {
    EXPECT_EQ(sums[0][k], sums[1][k]) << k;
    EXPECT_EQ(largest[0][k], largest[1][k]) << k;
  }
  EXPECT_EQ(terms[0], terms[1]);
}

template <class T>
void expect_isa_agrees(Isa isa) {
  if (!supports(isa)) GTEST_SKIP() << "this CPU lacks the instruction set";
  for (const Index rows : {Index{1}, Index{255}, Index{2040}, Index{4095}, kChunkRows})
    for (const bool weighted : {false, true})
      for (const bool deviances : {false, true}) {
        const Data<T> d = deviances ? positive_data<T>(1, rows, 11, weighted) : Data<T>(1, rows, 11, weighted);
        expect_isa_agrees(d, isa, deviances ? testing::deviance_terms() : all_terms());
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

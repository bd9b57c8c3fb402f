// The CUDA kernels against the CPU's chunk sums (its baseline build, compiled in here) folded by order.h, bit for bit.
#include "kernels/metrics/pointwise.cuh"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "term_sets.h"

#define BAKEOFF_ISA v2
#pragma GCC push_options
#include "kernels/metrics/pointwise_simd.cpp"
#pragma GCC pop_options

namespace bakeoff::kernels {
namespace {

using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;

template <class T>
struct Data {
  Index candidates, rows;
  std::vector<T> scores;
  std::vector<double> labels, weights;

  Data(Index m, Index n, bool weighted) : candidates(m), rows(n) {
    std::mt19937_64 random(static_cast<std::uint64_t>(n));
    const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    for (Index i = 0; i < m * n; ++i) scores.push_back(static_cast<T>(uniform() < .1 ? .5 : uniform()));
    for (Index i = 0; i < n; ++i) labels.push_back(uniform() < .3);
    for (Index i = 0; weighted && i < n; ++i) weights.push_back(std::exp(6 * uniform() - 3));
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
Result on_device(const Data<T>& d, TermSet terms, const MetricContext& context) {
  const Index columns = d.candidates * terms.count();
  Result r{std::vector<double>(columns, -1), std::vector<double>(columns, -1)};
  std::vector<double> scratch(partials_bytes(columns, d.rows) / sizeof(double));
  pointwise_sums(Stream{}, d.view(), terms, context, r.sums.data(), r.largest.data(), scratch.data());
  return r;
}

template <class T>
Result on_host(const Data<T>& d, TermSet terms, const MetricContext& context) {
  const Index columns = d.candidates * terms.count(), chunks = chunk_count(d.rows);
  Result r{std::vector<double>(columns, 0), std::vector<double>(columns, 0)};
  std::vector<double> sums(columns * chunks), largest(columns * chunks);
  for (Index m = 0; m < d.candidates; ++m)
    for (Index chunk = 0; chunk < chunks; ++chunk) {
      const Index at = m * terms.count() * chunks + chunk;
      v2::chunk_sums(chunk_rows(d.view(), m, chunk), terms, context.for_candidate(m),
                     {sums.data() + at, largest.data() + at, chunks});
    }
  for (Index c = 0; c < columns && chunks > 0; ++c) {
    halve(sums.data() + c * chunks, chunks, [](double a, double b) { return a + b; });
    r.sums[c] = sums[c * chunks];
    for (Index i = 0; i < chunks; ++i) r.largest[c] = std::max(r.largest[c], largest[c * chunks + i]);
  }
  return r;
}

template <class T>
void expect_same_bits(Index candidates, Index rows, bool weighted) {
  const Data<T> d(candidates, rows, weighted);
  const std::vector<double> shifts(static_cast<std::size_t>(candidates), .2);
  const MetricContext context{.threshold = .4, .eps = 0x1p-23, .label_shift = .3, .error_shifts = shifts.data()};
  const TermSet all = testing::any_row_terms();
  // The device has a kernel for classification alone
  TermSet classes;
  classes.bits = kClassTerms;
  for (const TermSet terms : {all, classes})
    EXPECT_EQ(on_device(d, terms, context), on_host(d, terms, context)) << rows << " rows";
}

TEST(PointwiseEmulation, GivesTheBitsOfTheCpu) {
  for (const Index rows : {Index{0}, Index{1}, Index{257}, Index{4097}}) {
    expect_same_bits<float>(scale(2, 1), rows, true);
    expect_same_bits<double>(scale(2, 1), rows, false);
  }
  expect_same_bits<float>(1, scale(Index{9}, Index{2}) * kChunkRows + 5, true);
}

TEST(PointwiseEmulation, GivesTheBitsOfTheCpuForDeviances) {
  Data<double> d(1, 600, true);
  for (double& s : d.scores) s = s * 3 + .25;
  for (double& y : d.labels) y = y * 4 + .125;
  for (const double power : {-1.0, 0.0, 1.0, 1.5, 2.0, 3.0}) {
    const MetricContext context{.power = power};
    EXPECT_EQ(on_device(d, testing::deviance_terms(), context), on_host(d, testing::deviance_terms(), context));
  }
}

TEST(PointwiseEmulation, GivesTheSameBitsUnderEverySchedule) {
  const Data<float> d(1, kChunkRows + 300, true);
  const TermSet terms(Term::weight, Term::log_loss, Term::correct);
  const Result want = on_host(d, terms, {});
  for (int seed = 1; seed <= scale(20, 1); ++seed) {
    Options options;
    options.seed = static_cast<std::uint64_t>(seed);
    const ScopedOptions scoped(options);
    EXPECT_EQ(on_device(d, terms, {}), want) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bakeoff::kernels

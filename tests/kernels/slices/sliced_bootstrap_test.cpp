// Many slices at once against one at a time: the same bits.
#include "kernels/slices/sliced_bootstrap.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kernels/metrics/pointwise.h"
#include "kernels/slices/sliced_sums.h"

namespace bakeoff::kernels {
namespace {

constexpr RngKey kKey{9, 4};
const TermSet kTerms(Term::weight, Term::log_loss, Term::true_positive, Term::label);

struct Data {
  Index candidates, rows;
  std::vector<float> scores;
  std::vector<double> labels, weights;
  std::vector<std::int64_t> ids;
  std::vector<std::int32_t> unit_of_row;
  std::vector<std::vector<std::int64_t>> lists, units;
  std::vector<std::vector<std::int32_t>> slice_units;
  std::vector<SliceRows> slices;
  std::vector<MetricContext> contexts;

  ScoredRows<float> view() const {
    return {matrix_view(scores.data(), candidates, rows), vector_view(labels.data(), rows),
            vector_view(weights.data(), rows)};
  }
};

// Slice 0 is all rows, the others overlap; the last is empty. Terms of slice s are shifted by s: another exponent.
Data make(Index candidates, Index rows, Index units) {
  std::mt19937_64 random(3);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  Data d;
  d.candidates = candidates, d.rows = rows;
  for (Index i = 0; i < candidates * rows; ++i) d.scores.push_back(static_cast<float>(uniform()));
  for (Index i = 0; i < rows; ++i) d.labels.push_back(uniform() < .3), d.weights.push_back(uniform() * 5);
  for (Index u = 0; u < units; ++u) d.ids.push_back(7 * u - 100);
  for (Index i = 0; units > 0 && i < rows; ++i) d.unit_of_row.push_back(static_cast<std::int32_t>(random() % units));
  const Index count = 5;
  d.lists.resize(count), d.units.resize(count), d.slice_units.resize(count), d.slices.resize(count);
  for (Index s = 0; s < count; ++s) {
    for (Index i = 0; i < rows; ++i)
      if (s < count - 1 && (s == 0 || random() % static_cast<std::uint64_t>(2 * s * s) == 0)) d.lists[s].push_back(i);
    d.slices[s] = {s == 0 ? nullptr : d.lists[s].data(), static_cast<Index>(d.lists[s].size()), nullptr, 0, nullptr};
    d.contexts.push_back({});
    d.contexts.back().label_shift = static_cast<double>(s);
    if (units == 0) continue;
    std::vector<std::int32_t> place(static_cast<std::size_t>(units), -1);
    for (const Index row : d.lists[s]) place[d.unit_of_row[row]] = 0;
    for (Index u = 0; u < units; ++u)
      if (place[u] == 0) {
        place[u] = static_cast<std::int32_t>(d.units[s].size());
        d.units[s].push_back(u);
      }
    for (const Index row : d.lists[s]) d.slice_units[s].push_back(place[d.unit_of_row[row]]);
    d.slice_units[s].reserve(1);
    d.slices[s].unit = d.units[s].data();
    d.slices[s].units = static_cast<Index>(d.units[s].size());
    d.slices[s].unit_of_row = d.slice_units[s].data();
  }
  return d;
}

// A copy of slice s, and what the kernels for one slice say of it.
struct Alone {
  std::vector<float> scores;
  std::vector<double> labels, weights, sums, largest;
  std::vector<std::int64_t> ids;
  std::vector<std::int32_t> unit_of_row;
  std::vector<int> exponents;
  std::vector<ExactSum> totals;

  Alone(const Data& d, Index s, const Resamples& resamples) {
    const auto& list = d.lists[s];
    const auto n = static_cast<Index>(list.size());
    for (Index m = 0; m < d.candidates; ++m)
      for (const Index row : list) scores.push_back(d.scores[m * d.rows + row]);
    for (const Index row : list) {
      labels.push_back(d.labels[row]), weights.push_back(d.weights[row]);
      if (d.ids.empty())
        ids.push_back(row);
      else
        unit_of_row.push_back(d.unit_of_row[row]);
    }
    const ScoredRows<float> rows{matrix_view(static_cast<const float*>(scores.data()), d.candidates, n),
                                 vector_view(static_cast<const double*>(labels.data()), n),
                                 vector_view(static_cast<const double*>(weights.data()), n)};
    const Index columns = d.candidates * kTerms.count();
    const Workers workers(1);
    sums.resize(static_cast<std::size_t>(columns)), largest.resize(sums.size());
    std::vector<double> scratch(partials_bytes(columns, n) / sizeof(double) + 1);
    pointwise_sums(workers, rows, kTerms, d.contexts[s], sums.data(), largest.data(), scratch.data());
    for (const double peak : largest) exponents.push_back(term_exponent(peak));
    totals.resize(static_cast<std::size_t>(resamples.count * columns));
    ResampleUnits units{n, ids.data(), 0, nullptr};
    if (!d.ids.empty()) units = {static_cast<Index>(d.ids.size()), d.ids.data(), 0, unit_of_row.data()};
    scratch.resize(pointwise_bootstrap_scratch_bytes(workers, d.candidates, n, kTerms, units) / sizeof(double) + 1);
    pointwise_bootstrap(workers, rows, units, resamples, kTerms, d.contexts[s], exponents.data(), totals.data(),
                        scratch.data());
  }
};

__extension__ using Wide = __int128;
Wide integer(const ExactSum& sum) { return static_cast<Wide>(sum.high) * (Wide{1} << 32) + sum.low; }

void expect_slices_alone(const Data& d, int resamples, int threads, std::uint32_t first = 0) {
  const auto count = static_cast<Index>(d.slices.size()), columns = d.candidates * kTerms.count();
  const Workers workers(threads);
  std::vector<double> sums(static_cast<std::size_t>(count * columns)), largest(sums);
  std::vector<char> scratch(sliced_sums_scratch_bytes(d.slices.data(), count, columns));
  sliced_sums(workers, d.view(), d.slices.data(), count, kTerms, d.contexts.data(), sums.data(), largest.data(),
              scratch.data());
  std::vector<int> exponents;
  for (const double peak : largest) exponents.push_back(term_exponent(peak));
  ResampleUnits units = ResampleUnits::rows(d.rows);
  if (!d.ids.empty()) units = {static_cast<Index>(d.ids.size()), d.ids.data(), 0, nullptr};
  const std::size_t bytes =
      sliced_bootstrap_scratch_bytes(workers, d.candidates, kTerms, d.slices.data(), count, units);
  std::unique_ptr<char, decltype(&std::free)> room(static_cast<char*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)),
                                                   &std::free);
  std::vector<ExactSum> totals(static_cast<std::size_t>(resamples * count * columns));
  sliced_bootstrap(workers, d.view(), d.slices.data(), count, units, {kKey, resamples, first}, kTerms,
                   d.contexts.data(), exponents.data(), totals.data(), room.get());
  for (Index s = 0; s < count; ++s) {
    const Alone alone(d, s, {kKey, resamples, first});
    for (Index c = 0; c < columns; ++c) {
      ASSERT_EQ(sums[s * columns + c], alone.sums[c]) << s << " " << c;
      ASSERT_EQ(largest[s * columns + c], alone.largest[c]);
      for (int r = 0; r < resamples; ++r)
        ASSERT_TRUE(integer(totals[(r * count + s) * columns + c]) == integer(alone.totals[r * columns + c]))
            << "slice " << s << " column " << c << " resample " << r;
    }
  }
}

TEST(SlicedBootstrap, HasTheBitsOfEachSliceAloneByRow) {
  for (const Index rows : {1, 300, 4096, 9000}) expect_slices_alone(make(2, rows, 0), 70, 2);
}

TEST(SlicedBootstrap, HasTheBitsOfEachSliceAloneByUnit) {
  for (const Index units : {1, 17, 5000}) expect_slices_alone(make(2, 9000, units), 70, 3);
}

TEST(SlicedBootstrap, GivesAnyRangeOfTheResamples) {
  expect_slices_alone(make(1, 900, 0), 70, 2, 24);
  expect_slices_alone(make(1, 900, 30), 70, 2, 24);
}

TEST(SlicedBootstrap, CutsCandidatesIntoBlocks) {
  expect_slices_alone(make(33, 5000, 0), 9, 1);
  expect_slices_alone(make(33, 700, 40), 9, 2);
}

TEST(SlicedBootstrap, TakesWeightsThatWereDrawn) {
  const Data d = make(1, 5000, 0);
  const Workers workers(2);
  const ResampleUnits units = ResampleUnits::rows(d.rows);
  const int exponents[20] = {};
  std::vector<std::uint8_t> drawn(static_cast<std::size_t>(d.rows) * 64);
  for (std::size_t i = 0; i < drawn.size(); ++i)
    drawn[i] = static_cast<std::uint8_t>(unit_weight(kKey, static_cast<Index>(i / 64), i % 64));
  const std::size_t bytes = sliced_bootstrap_scratch_bytes(workers, 1, kTerms, d.slices.data(), 5, units);
  std::unique_ptr<char, decltype(&std::free)> room(static_cast<char*>(std::aligned_alloc(64, (bytes + 63) / 64 * 64)),
                                                   &std::free);
  std::vector<ExactSum> law(64 * 20), table(64 * 20);
  for (auto* totals : {&law, &table})
    sliced_bootstrap(workers, d.view(), d.slices.data(), 5, units, {kKey, 64}, kTerms, d.contexts.data(), exponents,
                     totals->data(), room.get(), totals == &table ? drawn.data() : nullptr);
  for (std::size_t i = 0; i < law.size(); ++i) ASSERT_TRUE(integer(law[i]) == integer(table[i]));
}

}  // namespace
}  // namespace bakeoff::kernels

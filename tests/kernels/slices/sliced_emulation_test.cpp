// The CUDA path of slices against plain integers and against the CUDA path of rows on a copy of each slice.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "kernels/metrics/pointwise.cuh"
#include "kernels/resample/pointwise_bootstrap.cuh"
#include "kernels/slices/gather.cuh"
#include "kernels/slices/sliced_bootstrap.cuh"
#include "kernels/slices/sliced_sums.cuh"

namespace bakeoff::kernels {
namespace {

using emulation::scale;
__extension__ using Wide = __int128;
constexpr RngKey kKey{9, 4};
const TermSet kTerms(Term::weight, Term::squared_error, Term::true_positive);
constexpr Index kCount = 4;

struct Data {
  Index candidates, rows;
  std::vector<float> scores;
  std::vector<double> labels, weights;
  std::vector<std::int64_t> ids, list[kCount], units[kCount];
  std::vector<std::int32_t> unit_of_row, slice_units[kCount];
  SliceRows slices[kCount];
  MetricContext contexts[kCount];

  ScoredRows<float> view() const {
    return {matrix_view(scores.data(), candidates, rows), vector_view(labels.data(), rows),
            vector_view(weights.data(), rows)};
  }
  std::int64_t id(Index row) const { return ids.empty() ? 1000 + row : ids[unit_of_row[row]]; }
};

// Slice 0 is all rows, 1 and 2 overlap, 3 is empty. Without units: by row.
std::unique_ptr<Data> make(Index rows, Index units) {
  std::mt19937_64 random(3);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  auto made = std::make_unique<Data>();
  Data& d = *made;
  d.candidates = 2, d.rows = rows;
  for (Index i = 0; i < 2 * rows; ++i) d.scores.push_back(static_cast<float>(uniform()));
  for (Index i = 0; i < rows; ++i) d.labels.push_back(uniform() < .3), d.weights.push_back(uniform() * 5);
  for (Index u = 0; u < units; ++u) d.ids.push_back(7 * u - 100);
  for (Index i = 0; units > 0 && i < rows; ++i) d.unit_of_row.push_back(static_cast<std::int32_t>(random() % units));
  for (Index s = 0; s < kCount; ++s) {
    d.list[s].reserve(1), d.slice_units[s].reserve(1), d.units[s].reserve(1);
    for (Index i = 0; i < rows; ++i)
      if (s == 0 || (s < 3 && random() % 2 == 0)) d.list[s].push_back(i);
    d.slices[s] = {s == 0 ? nullptr : d.list[s].data(), static_cast<Index>(d.list[s].size()), nullptr, 0, nullptr};
    d.contexts[s].threshold = .1 * static_cast<double>(s + 1);
    if (units == 0) continue;
    for (Index u = 0; u < units; ++u) {
      bool there = false;
      for (const Index row : d.list[s]) there |= d.unit_of_row[row] == u;
      if (there) d.units[s].push_back(u);
    }
    for (const Index row : d.list[s])
      d.slice_units[s].push_back(static_cast<std::int32_t>(
          std::lower_bound(d.units[s].begin(), d.units[s].end(), d.unit_of_row[row]) - d.units[s].begin()));
    d.slices[s].unit = d.units[s].data();
    d.slices[s].units = static_cast<Index>(d.units[s].size());
    d.slices[s].unit_of_row = d.slice_units[s].data();
  }
  return made;
}

std::unique_ptr<char, decltype(&std::free)> room(std::size_t bytes) {
  return {static_cast<char*>(std::aligned_alloc(64, (bytes + 127) / 64 * 64)), &std::free};
}

void expect_integers(const Data& d, int resamples) {
  const Index columns = d.candidates * kTerms.count();
  ResampleUnits units = ResampleUnits::rows(d.rows, 1000);
  if (!d.ids.empty()) units = {static_cast<Index>(d.ids.size()), d.ids.data(), 0, nullptr};
  const std::vector<int> exponents(static_cast<std::size_t>(kCount * columns), 3);
  std::vector<ExactSum> totals(static_cast<std::size_t>(kCount * columns * resamples));
  const auto scratch =
      room(sliced_bootstrap_scratch_bytes(Stream{}, d.candidates, kTerms, d.slices, kCount, resamples));
  sliced_bootstrap(Stream{}, d.view(), d.slices, kCount, units, {kKey, resamples}, kTerms, d.contexts, exponents.data(),
                   totals.data(), scratch.get());
  for (Index s = 0; s < kCount; ++s)
    for (Index m = 0; m < d.candidates; ++m)
      for (int r = 0; r < resamples; ++r) {
        Wide expected[3] = {};
        for (const Index row : d.list[s]) {
          const double score = d.scores[m * d.rows + row], y = d.labels[row];
          const double terms[] = {1, (score - y) * (score - y), score >= d.contexts[s].threshold && y != 0 ? 1.0 : 0.0};
          for (int t = 0; t < 3; ++t)
            expected[t] += static_cast<Wide>(std::nearbyint(std::ldexp(d.weights[row] * terms[t], 33))) *
                           unit_weight(kKey, d.id(row), static_cast<std::uint32_t>(r));
        }
        for (int t = 0; t < 3; ++t) {
          const ExactSum& sum = totals[(r * kCount + s) * columns + m * 3 + t];
          ASSERT_TRUE(static_cast<Wide>(sum.high) * (Wide{1} << 32) + sum.low == expected[t])
              << "slice " << s << " candidate " << m << " resample " << r << " term " << t;
        }
      }
}

TEST(SlicedEmulation, ReplicatesAreTheIntegersByRow) {
  for (const Index rows : {1, 300}) expect_integers(*make(rows, 0), scale(11, 3));
}

TEST(SlicedEmulation, ReplicatesAreTheIntegersByUnit) {
  for (const Index units : {1, 9}) expect_integers(*make(scale(400, 150), units), scale(11, 3));
}

TEST(SlicedEmulation, SumsAreThoseOfACopy) {
  const auto made = make(scale(4096 + 300, 400), 0);
  const Data& d = *made;
  const Index columns = d.candidates * kTerms.count();
  std::vector<double> sums(static_cast<std::size_t>(kCount * columns)), largest(sums);
  const auto scratch = room(sliced_sums_scratch_bytes(Stream{}, d.candidates, kTerms, d.slices, kCount));
  sliced_sums(Stream{}, d.view(), d.slices, kCount, kTerms, d.contexts, sums.data(), largest.data(), scratch.get());
  for (Index s = 0; s < kCount; ++s) {
    std::vector<float> scores;
    std::vector<double> labels, weights, expected(static_cast<std::size_t>(columns)), peaks(expected);
    for (Index m = 0; m < d.candidates; ++m)
      for (const Index row : d.list[s]) scores.push_back(d.scores[m * d.rows + row]);
    for (const Index row : d.list[s]) labels.push_back(d.labels[row]), weights.push_back(d.weights[row]);
    const auto n = static_cast<Index>(labels.size());
    const auto partials = room(partials_bytes(columns, n));
    pointwise_sums(Stream{},
                   ScoredRows<float>{matrix_view(static_cast<const float*>(scores.data()), d.candidates, n),
                                     vector_view(static_cast<const double*>(labels.data()), n),
                                     vector_view(static_cast<const double*>(weights.data()), n)},
                   kTerms, d.contexts[s], expected.data(), peaks.data(), partials.get());
    for (Index c = 0; c < columns; ++c) {
      EXPECT_EQ(sums[s * columns + c], expected[c]) << s << " " << c;
      EXPECT_EQ(largest[s * columns + c], peaks[c]) << s << " " << c;
    }
  }
}

}  // namespace
}  // namespace bakeoff::kernels

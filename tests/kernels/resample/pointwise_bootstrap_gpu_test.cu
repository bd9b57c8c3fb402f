// On a GPU: the same integers as on the CPU.
#include <gtest/gtest.h>
#include <thrust/device_vector.h>

#include <random>
#include <vector>

#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff::kernels {
namespace {

template <class T>
T* raw(thrust::device_vector<T>& v) {
  return thrust::raw_pointer_cast(v.data());
}

void expect_same_sums(Index candidates, Index rows, Index unit_count) {
  const TermSet terms(Term::weight, Term::log_loss, Term::squared_error, Term::correct);
  const Index columns = candidates * terms.count();
  const Resamples resamples{RngKey{1, 2}, 203};
  std::mt19937_64 random(1);
  std::vector<float> scores(candidates * rows);
  std::vector<double> labels(rows);
  std::vector<std::int64_t> ids(unit_count);
  std::vector<std::int32_t> unit_of_row(rows);
  const std::vector<int> exponents(columns, 6);
  for (float& s : scores) s = static_cast<float>(random() >> 40) * 0x1p-24f;
  for (double& y : labels) y = static_cast<double>(random() & 1);
  for (auto& id : ids) id = static_cast<std::int64_t>(random());
  for (Index i = 0; i < rows && unit_count > 0; ++i) unit_of_row[i] = static_cast<std::int32_t>(random() % unit_count);

  const ScoredRows<float> host{matrix_view<const float>(scores.data(), candidates, rows),
                               vector_view<const double>(labels.data(), rows)};
  const ResampleUnits units =
      unit_count == 0 ? ResampleUnits::rows(rows) : ResampleUnits{unit_count, ids.data(), 0, unit_of_row.data()};
  const Workers workers(0);
  std::vector<ExactSum> totals(resamples.count * columns);
  std::vector<double> scratch(pointwise_bootstrap_scratch_bytes(workers, candidates, rows, terms, units) / 8);
  pointwise_bootstrap(workers, host, units, resamples, terms, MetricContext{}, exponents.data(), totals.data(),
                      scratch.data());

  thrust::device_vector<float> device_scores(scores);
  thrust::device_vector<double> device_labels(labels);
  thrust::device_vector<std::int64_t> device_ids(ids);
  thrust::device_vector<std::int32_t> device_unit_of_row(unit_of_row);
  thrust::device_vector<int> device_exponents(exponents);
  thrust::device_vector<ExactSum> device_totals(totals.size());
  ResampleUnits device_units = units;
  if (units.ids) device_units.ids = raw(device_ids);
  if (units.of_row) device_units.of_row = raw(device_unit_of_row);
  thrust::device_vector<std::int64_t> device_scratch(
      pointwise_bootstrap_scratch_bytes(Stream{}, candidates, rows, terms, device_units) / 8);
  const ScoredRows<float> device{matrix_view<const float>(raw(device_scores), candidates, rows, Device::cuda),
                                 vector_view<const double>(raw(device_labels), rows, Device::cuda)};
  pointwise_bootstrap(Stream{}, device, device_units, resamples, terms, MetricContext{}, raw(device_exponents),
                      raw(device_totals), raw(device_scratch));
  synchronize(Stream{});
  const std::vector<ExactSum> got(device_totals.begin(), device_totals.end());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const ExactSum difference{got[i].low - totals[i].low, got[i].high - totals[i].high};
    ASSERT_EQ(value_of(difference, kTermBits), 0) << "resample " << i / columns << ", column " << i % columns;
  }
}

TEST(PointwiseBootstrapGpu, GivesTheIntegersOfTheCpuByRow) {
  expect_same_sums(2, 70'001, 0);
  expect_same_sums(20, 5'000, 0);
  expect_same_sums(1, 1'100'000, 0);  // more rows than a pass takes
}

TEST(PointwiseBootstrapGpu, GivesTheIntegersOfTheCpuByUnit) {
  expect_same_sums(3, 70'001, 30);
  expect_same_sums(3, 70'001, 20'000);
}

}  // namespace
}  // namespace bakeoff::kernels

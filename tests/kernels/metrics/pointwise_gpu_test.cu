// On a GPU: the launchers against the CPU's, bit for bit.
#include <gtest/gtest.h>
#include <thrust/device_vector.h>

#include <random>
#include <vector>

#include "kernels/metrics/pointwise.h"
#include "term_sets.h"

namespace bakeoff::kernels {
namespace {

template <class T>
T* raw(thrust::device_vector<T>& v) {
  return thrust::raw_pointer_cast(v.data());
}

TEST(PointwiseGpu, GivesTheBitsOfTheCpu) {
  const TermSet terms = testing::any_row_terms();
  for (const Index rows : {Index{1}, Index{4097}, Index{1'000'003}}) {
    const Index candidates = 3, columns = candidates * terms.count();
    std::mt19937_64 random(1);
    std::vector<float> scores(candidates * rows);
    std::vector<double> labels(rows), weights(rows);
    for (float& s : scores) s = static_cast<float>(random() >> 40) * 0x1p-24f;
    for (double& y : labels) y = static_cast<double>(random() & 1);
    for (double& w : weights) w = static_cast<double>(random() >> 11) * 0x1p-50;
    std::vector<double> sums(columns), largest(columns), scratch(partials_bytes(columns, rows) / sizeof(double));
    const ScoredRows<float> host{matrix_view<const float>(scores.data(), candidates, rows),
                                 vector_view<const double>(labels.data(), rows),
                                 vector_view<const double>(weights.data(), rows)};
    pointwise_sums(Workers(0), host, terms, MetricContext{}, sums.data(), largest.data(), scratch.data());

    thrust::device_vector<float> device_scores(scores);
    thrust::device_vector<double> device_labels(labels), device_weights(weights), device_scratch(scratch.size());
    thrust::device_vector<double> device_sums(columns), device_largest(columns);
    const ScoredRows<float> device{matrix_view<const float>(raw(device_scores), candidates, rows, Device::cuda),
                                   vector_view<const double>(raw(device_labels), rows, Device::cuda),
                                   vector_view<const double>(raw(device_weights), rows, Device::cuda)};
    pointwise_sums(Stream{}, device, terms, MetricContext{}, raw(device_sums), raw(device_largest),
                   raw(device_scratch));
    synchronize(Stream{});
    for (Index c = 0; c < columns; ++c) {
      EXPECT_EQ(double{device_sums[c]}, sums[c]) << rows << " rows, column " << c;
      EXPECT_EQ(double{device_largest[c]}, largest[c]) << rows << " rows, column " << c;
    }
  }
}

}  // namespace
}  // namespace bakeoff::kernels

// The Gram of the device, with a plain loop in the place of cuBLAS, against sums of outer products.
#include "kernels/linear/gram.cuh"

#include <gtest/gtest.h>

#include <cmath>

#include "emulation/device/host_syrk.h"
#include "sample_rows.h"

namespace bakeoff::kernels {
namespace {

using emulation::scale;
using test::SampleRows;

std::vector<double> on_device(const RowsView& rows, const Index* order, const std::vector<GramSegment>& segments,
                              double shift) {
  const int count = static_cast<int>(segments.size()), n = gram_order(rows);
  std::vector<double> out(static_cast<std::size_t>(count) * n * n, -7);
  std::vector<double> scratch(gram_device_scratch_bytes(rows, segments.data(), count) / sizeof(double), -7);
  detail::gram_by(Stream{}, {rows, order, shift}, segments.data(), count, out.data(), scratch.data(),
                  emulation::HostSyrk{});
  return out;
}

void expect_sums(const double* got, const SampleRows& sample, const std::vector<Index>& rows, double shift,
                 bool weighted) {
  const int n = gram_order(sample.view());
  std::vector<double> want(static_cast<std::size_t>(n) * n, 0.0);
  for (const Index row : rows) {
    std::vector<double> z = sample.raw(row);
    z.push_back(sample.labels[row] - shift);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) want[i * n + j] += (weighted ? sample.weights[row] : 1.0) * z[i] * z[j];
  }
  for (std::size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-9 * (1 + std::abs(want[i]))) << i;
}

TEST(GramEmulation, EqualsTheSumOfOuterProductsForEverySegmentOrderAndWeight) {
  for (const std::vector<int>& sizes : scale<std::vector<std::vector<int>>>({{}, {3}, {3, 17, 4}}, {{3, 17, 4}}))
    for (const int dense : scale<std::vector<int>>({0, 1, 7}, {7}))
      for (const bool weighted : {false, true}) {
        const SampleRows sample(101, dense, sizes, 2, 7);
        std::vector<Index> order;
        for (Index i = 0; i < 101; ++i) order.push_back(i * 60 % 101);
        const auto got = on_device(sample.view(weighted), order.data(), {{0, 33}, {33, 33}, {33, 101}}, 0.25);
        const std::size_t size = got.size() / 3;
        expect_sums(&got[0], sample, {order.begin(), order.begin() + 33}, 0.25, weighted);
        expect_sums(&got[size], sample, {}, 0.25, weighted);
        expect_sums(&got[2 * size], sample, {order.begin() + 33, order.end()}, 0.25, weighted);
      }
}

TEST(GramEmulation, ReadsDoublesOfAnyStrideShiftedAndScaled) {
  const SampleRows sample(60, 5, {4}, 2, 3);
  std::vector<double> columns(5 * 60);  // column-major
  const std::vector<double> shift = {1, -2, 3, 1000, 0}, scale = {1, 0.5, 4, 0.25, 2};
  for (Index i = 0; i < 60; ++i)
    for (int k = 0; k < 5; ++k) columns[k * 60 + i] = sample.dense[i * 5 + k] / scale[k] + shift[k];
  RowsView view = sample.view();
  view.dense = columns.data();
  view.scalar = RowsView::Scalar::f64;
  view.row_stride = 1;
  view.column_stride = 60;
  view.shift = shift.data();
  view.scale = scale.data();
  std::vector<Index> rows;
  for (Index i = 10; i < 50; ++i) rows.push_back(i);
  expect_sums(on_device(view, nullptr, {{10, 50}}, 0).data(), sample, rows, 0, false);
}

}  // namespace
}  // namespace bakeoff::kernels

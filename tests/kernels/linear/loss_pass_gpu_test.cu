// On a GPU: the launcher against the CPU's baseline, bit for bit.
#include <gtest/gtest.h>
#include <thrust/device_vector.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "kernels/linear/loss_pass.h"

namespace bakeoff::kernels {
namespace {

template <class T>
const T* raw(const thrust::device_vector<T>& v) {
  return thrust::raw_pointer_cast(v.data());
}
template <class T>
T* raw(thrust::device_vector<T>& v) {
  return thrust::raw_pointer_cast(v.data());
}

TEST(LossPassGpu, GivesTheBitsOfTheCpusBaseline) {
  const Index rows = 100'003;
  const int dense = 13, panels = 5;
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::vector<float> x(rows * dense);
  std::vector<std::int32_t> codes(rows * 2), offsets = {13, 20}, folds(rows), left_out(panels * kPanel);
  std::vector<double> labels(rows);
  for (float& v : x) v = static_cast<float>(normal(random));
  for (Index i = 0; i < rows; ++i) {
    codes[2 * i] = static_cast<std::int32_t>(random() % 7);
    codes[2 * i + 1] = static_cast<std::int32_t>(random() % 100);
    folds[i] = static_cast<std::int32_t>(random() % 5);
    labels[i] = static_cast<double>(random() & 1);
  }
  RowsView host;
  host.rows = rows;
  host.dense = x.data();
  host.row_stride = host.dense_columns = dense;
  host.codes = codes.data();
  host.offsets = offsets.data();
  host.categoricals = 2;
  host.categories = 107;
  host.labels = labels.data();
  host.folds = folds.data();
  const Index size = static_cast<Index>(panel_rows(dense, host.categories)) * kPanel;
  auto* const theta = static_cast<float*>(std::aligned_alloc(64, panels * size * sizeof(float)));
  for (Index i = 0; i < panels * size; ++i) theta[i] = static_cast<float>(0.3 * normal(random));
  std::vector<Index> begin, end;
  for (int p = 0; p < panels; ++p) {
    begin.push_back(p * 7001);
    end.push_back(rows - p);
    for (int c = 0; c < kPanel; ++c) left_out[p * kPanel + c] = c % 6 - 1;
  }
  std::vector<double> gradient(panels * size), loss(panels * kPanel);
  const PanelsView on_host{panels, theta, begin.data(), end.data(), left_out.data(), gradient.data(), loss.data()};
  void* const scratch = std::aligned_alloc(64, (loss_scratch_bytes(host, on_host) + 63) / 64 * 64);
  loss_gradient(Workers(0), host, on_host, scratch, Isa::v2);
  std::free(scratch);

  const thrust::device_vector<float> device_x(x), device_theta(theta, theta + panels * size);
  const thrust::device_vector<std::int32_t> device_codes(codes), device_offsets(offsets), device_folds(folds),
      device_left_out(left_out);
  const thrust::device_vector<double> device_labels(labels);
  const thrust::device_vector<Index> device_begin(begin), device_end(end);
  thrust::device_vector<double> device_gradient(gradient.size()), device_loss(loss.size());
  thrust::device_vector<char> device_scratch(loss_device_scratch_bytes(host, on_host));
  RowsView device = host;
  device.dense = raw(device_x);
  device.codes = raw(device_codes);
  device.offsets = raw(device_offsets);
  device.labels = raw(device_labels);
  device.folds = raw(device_folds);
  loss_gradient(Stream{}, device,
                PanelsView{panels, raw(device_theta), raw(device_begin), raw(device_end), raw(device_left_out),
                           raw(device_gradient), raw(device_loss)},
                raw(device_scratch));
  synchronize(Stream{});
  std::free(theta);
  EXPECT_EQ(std::vector<double>(device_loss.begin(), device_loss.end()), loss);
  EXPECT_EQ(std::vector<double>(device_gradient.begin(), device_gradient.end()), gradient);
}

}  // namespace
}  // namespace bakeoff::kernels

// On a GPU: cuBLAS's Gram against the CPU's.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <memory>

#include "kernels/device_memory.h"
#include "kernels/linear/gram.h"
#include "sample_rows.h"

namespace bakeoff::kernels {
namespace {

TEST(GramGpu, AgreesWithTheCpu) {
  const test::SampleRows sample(50'000, 29, {7, 40}, 5, 3);
  const RowsView rows = sample.view(true);
  const std::vector<GramSegment> segments = {{0, 20'000}, {20'000, 20'000}, {20'000, 50'000}};
  const int count = static_cast<int>(segments.size()), n = gram_order(rows);
  std::vector<double> want(static_cast<std::size_t>(count) * n * n), got(want.size());
  const std::size_t bytes = (gram_scratch_bytes(rows, segments.data(), count) + 63) / 64 * 64;
  const std::unique_ptr<void, decltype(&std::free)> scratch(std::aligned_alloc(64, bytes), &std::free);
  gram(Workers(0), rows, nullptr, segments.data(), count, .25, want.data(), scratch.get());

  const Stream stream;
  const auto dense = copy_to_device(stream, sample.dense.data(), static_cast<Index>(sample.dense.size()));
  const auto codes = copy_to_device(stream, sample.codes.data(), static_cast<Index>(sample.codes.size()));
  const auto offsets = copy_to_device(stream, sample.offsets.data(), static_cast<Index>(sample.offsets.size()));
  const auto labels = copy_to_device(stream, sample.labels.data(), sample.rows);
  const auto weights = copy_to_device(stream, sample.weights.data(), sample.rows);
  RowsView there = rows;
  there.dense = dense.data();
  there.codes = codes.data();
  there.offsets = offsets.data();
  there.labels = labels.data();
  there.weights = weights.data();
  const DeviceArray<double> out(static_cast<Index>(got.size()));
  const DeviceArray<char> room(static_cast<Index>(gram_device_scratch_bytes(rows, segments.data(), count)));
  gram(stream, there, nullptr, segments.data(), count, .25, out.data(), room.data());
  out.download(stream, got.data(), out.size());
  for (std::size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-10 * (1 + std::abs(want[i]))) << i;
}

}  // namespace
}  // namespace bakeoff::kernels

#include "train/device_gram.h"

#include <algorithm>

#include "core/buffer.h"
#include "kernels/device_memory.h"
#include "kernels/linear/dense_rows_simd.h"

namespace bakeoff {

using kernels::copy_to_device;
using kernels::Index;

namespace {

constexpr Index kRowsAtOnce = 65536;

// Dense columns as they lie, with what lies between them as long as that is not more than they are; else packed, as the
// doubles that every pass would make of them.
kernels::DeviceArray<char> copy_dense(const Execution& execution, kernels::Stream stream, kernels::RowsView& rows) {
  const Index columns = rows.dense_columns;
  if (rows.rows == 0 || columns == 0) return {};
  const Index bytes = rows.scalar == kernels::RowsView::Scalar::f64 ? 8 : 4;
  const Index spread = (rows.rows - 1) * rows.row_stride + (columns - 1) * rows.column_stride + 1;
  if (rows.row_stride > 0 && rows.column_stride > 0 && spread <= 2 * rows.rows * columns)
    return copy_to_device(stream, static_cast<const char*>(rows.dense), spread * bytes);
  kernels::DeviceArray<char> packed(rows.rows * columns * static_cast<Index>(sizeof(double)));
  const Buffer<double> block(std::min(rows.rows, kRowsAtOnce) * columns);
  for (Index first = 0; first < rows.rows; first += kRowsAtOnce) {
    const Index count = std::min(rows.rows - first, kRowsAtOnce);
    execution.workers().for_each(
        count, [&](Index i) { kernels::read_dense(rows, first + i, block.data() + i * columns, kernels::best_isa()); });
    packed.upload(stream, reinterpret_cast<const char*>(block.data()), count * columns * Index{sizeof(double)},
                  first * columns * Index{sizeof(double)});
  }
  rows.scalar = kernels::RowsView::Scalar::f64;
  rows.row_stride = columns;
  rows.column_stride = 1;
  rows.shift = rows.scale = nullptr;
  return packed;
}

}  // namespace

void device_gram(const Execution& execution, const kernels::RowsView& rows, const Index* order,
                 const kernels::GramSegment* segments, int count, double label_shift, double* out) {
  const kernels::Stream stream;
  Index positions = 0;
  for (int s = 0; s < count; ++s) positions = std::max(positions, segments[s].end);
  kernels::RowsView there = rows;
  const auto dense = copy_dense(execution, stream, there);
  const auto shift = copy_to_device(stream, there.shift, Index{rows.dense_columns});
  const auto scale = copy_to_device(stream, there.scale, Index{rows.dense_columns});
  const auto codes = copy_to_device(stream, rows.codes, rows.rows * rows.categoricals);
  const auto offsets = copy_to_device(stream, rows.offsets, Index{rows.categoricals});
  const auto labels = copy_to_device(stream, rows.labels, rows.rows);
  const auto weights = copy_to_device(stream, rows.weights, rows.rows);
  const auto places = copy_to_device(stream, order, positions);
  there.dense = dense.data();
  there.shift = shift.data();
  there.scale = scale.data();
  there.codes = codes.data();
  there.offsets = offsets.data();
  there.labels = labels.data();
  there.weights = weights.data();
  const Index order_size = kernels::gram_order(rows);
  const kernels::DeviceArray<double> grams(count * order_size * order_size);
  const kernels::DeviceArray<char> scratch(
      static_cast<Index>(kernels::gram_device_scratch_bytes(rows, segments, count)));
  kernels::gram(stream, there, places.data(), segments, count, label_shift, grams.data(), scratch.data());
  grams.download(stream, out, grams.size());
}

}  // namespace bakeoff

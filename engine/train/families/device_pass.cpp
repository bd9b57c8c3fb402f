#include "train/families/device_pass.h"

#include <algorithm>

#include "core/buffer.h"
#include "kernels/linear/dense_rows_simd.h"

namespace bakeoff {
namespace {

using kernels::DeviceArray;
using kernels::kPanel;

constexpr Index kRowsAtOnce = 65536;

}  // namespace

DevicePass::DevicePass(const Execution& execution, const kernels::RowsView& rows)
    : rows_(rows),
      codes_(kernels::copy_to_device(stream_, rows.codes, rows.rows * rows.categoricals)),
      offsets_(kernels::copy_to_device(stream_, rows.offsets, rows.categoricals)),
      folds_(kernels::copy_to_device(stream_, rows.folds, rows.rows)),
      labels_(kernels::copy_to_device(stream_, rows.labels, rows.rows)),
      weights_(kernels::copy_to_device(stream_, rows.weights, rows.rows)) {
  copy_dense(execution, rows);
  rows_.dense = dense_.data();
  rows_.scalar = kernels::RowsView::Scalar::f32;
  rows_.row_stride = rows.dense_columns;
  rows_.column_stride = 1;
  rows_.shift = rows_.scale = nullptr;
  rows_.codes = codes_.data();
  rows_.offsets = offsets_.data();
  rows_.labels = labels_.data();
  rows_.weights = weights_.data();
  rows_.folds = folds_.data();
}

DevicePass::DevicePass(const kernels::SparseRowsView& rows)
    : sparse_(rows),
      indices_(kernels::copy_to_device(stream_, rows.indices, rows.starts[rows.rows])),
      folds_(kernels::copy_to_device(stream_, rows.folds, rows.rows)),
      labels_(kernels::copy_to_device(stream_, rows.labels, rows.rows)),
      weights_(kernels::copy_to_device(stream_, rows.weights, rows.rows)),
      starts_(kernels::copy_to_device(stream_, rows.starts, rows.rows + 1)) {
  const Index bytes = rows.starts[rows.rows] * (rows.scalar == kernels::SparseRowsView::Scalar::f32 ? 4 : 8);
  values_ = kernels::copy_to_device(stream_, static_cast<const char*>(rows.values), bytes);
  sparse_->starts = starts_.data();
  sparse_->indices = indices_.data();
  sparse_->values = values_.data();
  sparse_->folds = folds_.data();
  sparse_->labels = labels_.data();
  sparse_->weights = weights_.data();
}

void DevicePass::copy_dense(const Execution& execution, const kernels::RowsView& rows) {
  const Index columns = rows.dense_columns;
  dense_ = DeviceArray<float>(rows.rows * columns);
  const Buffer<float> block(std::min(rows.rows, kRowsAtOnce) * columns);
  for (Index first = 0; first < rows.rows; first += kRowsAtOnce) {
    const Index count = std::min(rows.rows - first, kRowsAtOnce);
    execution.workers().for_each(
        count, [&](Index i) { kernels::read_dense(rows, first + i, block.data() + i * columns, kernels::best_isa()); });
    dense_.upload(stream_, block.data(), count * columns, first * columns);
  }
}

void DevicePass::run(const kernels::PanelsView& panels) {
  const Index size =
      sparse_ ? sparse_->panel_size() : Index{kernels::panel_rows(rows_.dense_columns, rows_.categories)} * kPanel;
  const Index columns = static_cast<Index>(panels.panels) * kPanel;
  theta_.grow(panels.panels * size);
  gradient_.grow(panels.panels * size);
  loss_.grow(columns);
  left_out_.grow(columns);
  begin_.grow(panels.panels);
  end_.grow(panels.panels);
  scratch_.grow(static_cast<Index>(sparse_ ? kernels::loss_device_scratch_bytes(*sparse_, panels)
                                           : kernels::loss_device_scratch_bytes(rows_, panels)));
  theta_.upload(stream_, panels.theta, panels.panels * size);
  begin_.upload(stream_, panels.begin, panels.panels);
  end_.upload(stream_, panels.end, panels.panels);
  if (panels.left_out) left_out_.upload(stream_, panels.left_out, columns);
  if (panels.shape) {
    shape_.grow(columns);
    slope_.grow(columns);
    shape_.upload(stream_, panels.shape, columns);
  }
  if (panels.dead) {
    dead_.grow(columns);
    dead_.upload(stream_, panels.dead, columns);
  }

  kernels::PanelsView device = panels;
  device.theta = theta_.data();
  device.begin = begin_.data();
  device.end = end_.data();
  device.left_out = panels.left_out ? left_out_.data() : nullptr;
  device.gradient = gradient_.data();
  device.loss = loss_.data();
  device.shape = panels.shape ? shape_.data() : nullptr;
  device.slope = panels.shape ? slope_.data() : nullptr;
  device.dead = panels.dead ? dead_.data() : nullptr;
  if (sparse_)
    kernels::loss_gradient(stream_, *sparse_, device, scratch_.data());
  else
    kernels::loss_gradient(stream_, rows_, device, scratch_.data());
  gradient_.download(stream_, panels.gradient, panels.panels * size);
  loss_.download(stream_, panels.loss, columns);
  if (panels.slope) slope_.download(stream_, panels.slope, columns);
}

}  // namespace bakeoff

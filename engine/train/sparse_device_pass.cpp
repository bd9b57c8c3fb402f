#include "train/sparse_device_pass.h"

namespace bakeoff {
namespace {

using kernels::DeviceArray;
using kernels::Index;
using kernels::kSparsePanel;

Index value_bytes(const kernels::SparseRowsView& rows) {
  return rows.starts[rows.rows] * (rows.scalar == kernels::SparseRowsView::Scalar::f32 ? 4 : 8);
}

}  // namespace

SparseDevicePass::SparseDevicePass(const kernels::SparseRowsView& rows)
    : rows_(rows),
      starts_(kernels::copy_to_device(stream_, rows.starts, rows.rows + 1)),
      indices_(kernels::copy_to_device(stream_, rows.indices, rows.starts[rows.rows])),
      folds_(kernels::copy_to_device(stream_, rows.folds, rows.rows)),
      values_(kernels::copy_to_device(stream_, static_cast<const char*>(rows.values), value_bytes(rows))),
      labels_(kernels::copy_to_device(stream_, rows.labels, rows.rows)),
      weights_(kernels::copy_to_device(stream_, rows.weights, rows.rows)) {
  rows_.starts = starts_.data();
  rows_.indices = indices_.data();
  rows_.folds = folds_.data();
  rows_.values = values_.data();
  rows_.labels = labels_.data();
  rows_.weights = weights_.data();
}

void SparseDevicePass::run(const kernels::SparsePanelsView& panels) {
  const Index size = panels.panels * (rows_.columns + Index{1}) * kSparsePanel;
  const Index models = static_cast<Index>(panels.panels) * kSparsePanel;
  theta_.grow(size);
  gradient_.grow(size);
  value_.grow(models);
  left_out_.grow(models);
  scratch_.grow(static_cast<Index>(kernels::sparse_device_scratch_bytes(rows_, panels.panels)));
  theta_.upload(stream_, panels.theta, size);
  if (panels.left_out) left_out_.upload(stream_, panels.left_out, models);
  kernels::SparsePanelsView device = panels;
  device.theta = theta_.data();
  device.left_out = panels.left_out ? left_out_.data() : nullptr;
  device.gradient = gradient_.data();
  device.value = value_.data();
  kernels::sparse_gradient(stream_, rows_, device, scratch_.data());
  gradient_.download(stream_, panels.gradient, size);
  value_.download(stream_, panels.value, models);
}

}  // namespace bakeoff

// A block takes one slot of rows under one panel: 16 models x 16 lanes of threads. 16 rows at a time, a lane a row, for
// the logits; then row after row, a lane a value, for the gradient: a row has no column twice, so every sum is added to
// by one thread at a time and in the order of sparse_pass_simd.cpp.
#pragma once
#include "kernels/launch.h"
#include "kernels/linear/losses.h"
#include "kernels/linear/sparse_pass.h"

namespace bakeoff::kernels {
namespace detail {

inline constexpr int kSparseLanes = 16;

__device__ inline float sparse_value(const SparseRowsView& rows, Index e) {
  return rows.scalar == SparseRowsView::Scalar::f32 ? static_cast<const float*>(rows.values)[e]
                                                    : static_cast<float>(static_cast<const double*>(rows.values)[e]);
}

struct SparsePoint {
  float residual, loss;
};

__device__ inline SparsePoint sparse_forward(const SparseRowsView& rows, const SparsePanelsView& panels,
                                             const float* theta, Index row, int column, std::int32_t left_out) {
  float z = theta[static_cast<Index>(rows.columns) * kSparsePanel + column];
  for (Index e = rows.starts[row]; e < rows.starts[row + 1]; ++e)
    z = z + sparse_value(rows, e) * theta[static_cast<Index>(rows.indices[e]) * kSparsePanel + column];
  SparsePoint out;
  if (panels.loss == SparseLoss::logistic) {
    const float sign = rows.labels[row] > 0 ? 1.0f : -1.0f;
    const LogisticPoint<float> point = logistic_point<FloatOps>(sign * z);
    out = {-sign * point.probability, point.loss};
  } else {
    out.residual = z - static_cast<float>(rows.labels[row] - panels.label_shift);
    out.loss = 0.5f * (out.residual * out.residual);
  }
  if (rows.weights) {
    const float weight = static_cast<float>(rows.weights[row]);
    out.residual *= weight;
    out.loss *= weight;
  }
  if (panels.left_out && rows.folds && rows.folds[row] == left_out) out = {0.0f, 0.0f};
  return out;
}

// Grid {slots, panels}, 256 threads.
static __global__ void sparse_slots_kernel(SparseRowsView rows, SparsePanelsView panels, double* gradients,
                                           double* values) {
  BAKEOFF_STATIC_SHARED(residuals, float[kSparseLanes * kSparsePanel]);
  BAKEOFF_STATIC_SHARED(losses, float[kSparseLanes * kSparsePanel]);
  const int column = static_cast<int>(threadIdx.x) % kSparsePanel, lane = static_cast<int>(threadIdx.x) / kSparsePanel;
  const Index slot = blockIdx.x, slots = gridDim.x, panel = blockIdx.y;
  const Index size = (rows.columns + Index{1}) * kSparsePanel, intercept = size - kSparsePanel;
  const float* const theta = panels.theta + panel * size;
  double* const gradient = gradients + (slot * panels.panels + panel) * size;
  const std::int32_t left_out = panels.left_out ? panels.left_out[panel * kSparsePanel + column] : -1;
  for (Index i = threadIdx.x; i < size; i += blockDim.x) gradient[i] = 0;
  double value = 0;
  const Index last = rows.rows * (slot + 1) / slots;
  for (Index first = rows.rows * slot / slots; first < last; first += kSparseLanes) {
    const int count = static_cast<int>(last - first < kSparseLanes ? last - first : kSparseLanes);
    if (lane < count) {
      const SparsePoint point = sparse_forward(rows, panels, theta, first + lane, column, left_out);
      residuals[lane * kSparsePanel + column] = point.residual;
      losses[lane * kSparsePanel + column] = point.loss;
    }
    __syncthreads();
    for (int r = 0; r < count; ++r) {
      const float residual = residuals[r * kSparsePanel + column];
      for (Index e = rows.starts[first + r] + lane; e < rows.starts[first + r + 1]; e += kSparseLanes)
        gradient[static_cast<Index>(rows.indices[e]) * kSparsePanel + column] +=
            static_cast<double>(sparse_value(rows, e) * residual);
      if (lane == 0) {
        gradient[intercept + column] += static_cast<double>(residual);
        value += static_cast<double>(losses[r * kSparsePanel + column]);
      }
      __syncthreads();  // the next row may have the same columns
    }
  }
  if (lane == 0) values[(slot * panels.panels + panel) * kSparsePanel + column] = value;
}

// out[i] = the slots' values of i, added in order. `stride` values a slot.
static __global__ void add_sparse_slots_kernel(const double* from, Index stride, int slots, double* out) {
  const Index i = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= stride) return;
  double sum = from[i];
  for (int slot = 1; slot < slots; ++slot) sum += from[slot * stride + i];
  out[i] = sum;
}

inline void add_sparse_slots(Stream stream, const double* from, Index stride, int slots, double* out) {
  constexpr unsigned kThreads = 256;
  launch(add_sparse_slots_kernel, dim3(static_cast<unsigned>((stride + kThreads - 1) / kThreads)), dim3(kThreads), 0,
         stream, from, stride, slots, out);
}

}  // namespace detail

std::size_t sparse_device_scratch_bytes(const SparseRowsView& rows, int panels) {
  const std::size_t each = (static_cast<std::size_t>(rows.columns) + 2) * kSparsePanel;
  return sizeof(double) * static_cast<std::size_t>(sparse_slots(rows.rows, rows.columns) * panels) * each;
}

void sparse_gradient(Stream stream, const SparseRowsView& rows, const SparsePanelsView& panels, void* scratch) {
  if (panels.panels == 0) return;
  const int slots = sparse_slots(rows.rows, rows.columns);
  const Index size = (rows.columns + Index{1}) * kSparsePanel, count = panels.panels;
  double* const gradients = static_cast<double*>(scratch);
  double* const values = gradients + slots * count * size;
  launch(detail::sparse_slots_kernel, dim3(static_cast<unsigned>(slots), static_cast<unsigned>(count)),
         dim3(kSparsePanel * detail::kSparseLanes), 0, stream, rows, panels, gradients, values);
  detail::add_sparse_slots(stream, gradients, count * size, slots, panels.gradient);
  detail::add_sparse_slots(stream, values, count * kSparsePanel, slots, panels.value);
}

}  // namespace bakeoff::kernels

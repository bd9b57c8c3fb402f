// A block takes one slot of rows under one unit of panels: 16 models x 16 lanes of threads, which take the unit's
// panels in turn. 16 rows at a time, a lane a row, for the logits; then row after row, a lane a value, for the
// gradient: a row has no column twice, so every sum is added to by one thread at a time and in the order of
// sparse_pass_simd.cpp.
#pragma once
#include "kernels/launch.h"
#include "kernels/linear/losses.h"
#include "kernels/linear/sparse_pass.h"

namespace bakeoff::kernels {
namespace detail {

inline constexpr int kSparseLanes = 16;

struct SparseArguments {
  SparseRowsView rows;
  PanelsView panels;
  int unit;                         // panels
  double *gradient, *loss, *slope;  // slots x panels of each
  BAKEOFF_HD int width() const { return unit * kPanel; }
};

// 16 rows' answers, [row][width] each.
struct SparseTile {
  float *residual, *loss, *slope;
};

__device__ inline float sparse_logit(const SparseRowsView& rows, const float* theta, Index row, int column) {
  float z = theta[static_cast<Index>(rows.columns) * kPanel + column];
  for (Index e = rows.starts[row]; e < rows.starts[row + 1]; ++e)
    z = z + static_cast<float>(rows.value(e)) * theta[static_cast<Index>(rows.indices[e]) * kPanel + column];
  return z;
}

// A thread's own logit, of one panel, becomes a residual.
template <class Kind>
__device__ inline void sparse_link(const SparseArguments& a, const SparseTile& tile, Index row, Index at_column,
                                   int at) {
  const float shape = Kind::kShaped ? a.panels.shape[at_column] : 0.0f;
  const float dead = Kind::kTube ? a.panels.dead[at_column] : 0.0f;
  LossPoint<float> point = loss_point<Kind, FloatOps>(tile.residual[at], Kind::target(a.rows.labels[row]), shape, dead);
  if (a.rows.weights) {
    const float weight = static_cast<float>(a.rows.weights[row]);
    point.derivative *= weight;
    point.loss *= weight;
    point.slope *= weight;
  }
  if (a.panels.left_out && a.rows.folds && a.rows.folds[row] == a.panels.left_out[at_column])
    point = {0.0f, 0.0f, 0.0f};
  tile.residual[at] = point.derivative;
  tile.loss[at] = point.loss;
  tile.slope[at] = point.slope;
}

// A thread takes whole models of a row.
__device__ inline void sparse_link_softmax(const SparseArguments& a, const SparseTile& tile, Index first, int count,
                                           Index first_column) {
  const ClassLayout& layout = a.panels.classes;
  const int classes = layout.classes, width = a.width(), thread = static_cast<int>(threadIdx.x);
  const int threads = static_cast<int>(blockDim.x);
  for (int i = thread; i < count * width; i += threads) tile.loss[i] = 0.0f;
  __syncthreads();
  for (int i = thread; i < count * layout.models(); i += threads) {
    const Index row = first + i / layout.models();
    const int column = i % layout.models() * classes, label = static_cast<int>(a.rows.labels[row]);
    float* const z = tile.residual + i / layout.models() * width + column;
    const float below = softmax_begin(z, classes, label);
    for (int k = 0; k < classes; ++k) z[k] = exponential<FloatOps>(z[k]);
    const bool seen =
        !a.panels.left_out || !a.rows.folds || a.panels.left_out[first_column + column] != a.rows.folds[row];
    tile.loss[i / layout.models() * width + column] =
        softmax_end(z, classes, label, below, a.rows.weights ? static_cast<float>(a.rows.weights[row]) : 1.0f, seen);
  }
  for (int i = thread; i < count * width; i += threads)
    if (i % width >= layout.models() * classes) tile.residual[i] = 0.0f;
}

// Grid {slots, units}, 256 threads.
static __global__ void sparse_slots_kernel(SparseArguments a) {
  BAKEOFF_DYNAMIC_SHARED(float, shared);
  const int column = static_cast<int>(threadIdx.x) % kPanel, lane = static_cast<int>(threadIdx.x) / kPanel;
  const int width = a.width();
  const SparseTile tile{shared, shared + kSparseLanes * width, shared + 2 * kSparseLanes * width};
  const Index slot = blockIdx.x, slots = gridDim.x, panel = static_cast<Index>(blockIdx.y) * a.unit;
  const Index size = a.rows.panel_size(), intercept = size - kPanel, at = slot * a.panels.panels + panel;
  const float* const theta = a.panels.theta + panel * size;
  double* const gradient = a.gradient + at * size;
  double *const loss = a.loss + at * kPanel, *const slope = a.slope + at * kPanel;
  for (Index i = threadIdx.x; i < a.unit * size; i += blockDim.x) gradient[i] = 0;
  for (int i = static_cast<int>(threadIdx.x); i < width; i += static_cast<int>(blockDim.x)) loss[i] = slope[i] = 0;
  __syncthreads();
  const Index last = min(a.rows.rows * (slot + 1) / slots, a.panels.end[panel]);
  for (Index first = max(a.rows.rows * slot / slots, a.panels.begin[panel]); first < last; first += kSparseLanes) {
    const int count = static_cast<int>(min(last - first, static_cast<Index>(kSparseLanes)));
    for (int p = 0; lane < count && p < a.unit; ++p)
      tile.residual[lane * width + p * kPanel + column] = sparse_logit(a.rows, theta + p * size, first + lane, column);
    if (a.panels.kind == Loss::softmax) {
      __syncthreads();
      sparse_link_softmax(a, tile, first, count, panel * kPanel);
    } else if (lane < count) {
      with_loss(a.panels.kind, [&](auto kind) {
        sparse_link<decltype(kind)>(a, tile, first + lane, panel * kPanel + column, lane * kPanel + column);
      });
    }
    __syncthreads();
    for (int r = 0; r < count; ++r) {
      for (int p = 0; p < a.unit; ++p) {
        const int of_row = r * width + p * kPanel + column;
        const float residual = tile.residual[of_row];
        for (Index e = a.rows.starts[first + r] + lane; e < a.rows.starts[first + r + 1]; e += kSparseLanes)
          gradient[p * size + static_cast<Index>(a.rows.indices[e]) * kPanel + column] +=
              static_cast<double>(static_cast<float>(a.rows.value(e)) * residual);
        if (lane != 0) continue;
        gradient[p * size + intercept + column] += static_cast<double>(residual);
        loss[p * kPanel + column] += static_cast<double>(tile.loss[of_row]);
        if (has_shape(a.panels.kind)) slope[column] += static_cast<double>(tile.slope[of_row]);
      }
      __syncthreads();  // the next row may have the same columns
    }
  }
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

std::size_t loss_device_scratch_bytes(const SparseRowsView& rows, const PanelsView& panels) {
  const std::size_t each = static_cast<std::size_t>(rows.panel_size()) + 2 * kPanel;
  return sizeof(double) * static_cast<std::size_t>(sparse_slots(rows.rows, rows.columns) * panels.panels) * each;
}

void loss_gradient(Stream stream, const SparseRowsView& rows, const PanelsView& panels, void* scratch) {
  if (panels.panels == 0) return;
  const int slots = sparse_slots(rows.rows, rows.columns), unit = panels.classes.panels();
  const Index size = rows.panel_size(), count = panels.panels;
  double* const gradient = static_cast<double*>(scratch);
  double* const loss = gradient + slots * count * size;
  const detail::SparseArguments a{rows, panels, unit, gradient, loss, loss + slots * count * kPanel};
  const std::size_t shared = sizeof(float) * 3 * detail::kSparseLanes * static_cast<std::size_t>(a.width());
  launch(detail::sparse_slots_kernel, dim3(static_cast<unsigned>(slots), static_cast<unsigned>(count / unit)),
         dim3(kPanel * detail::kSparseLanes), shared, stream, a);
  detail::add_sparse_slots(stream, gradient, count * size, slots, panels.gradient);
  detail::add_sparse_slots(stream, loss, count * kPanel, slots, panels.loss);
  if (panels.slope) detail::add_sparse_slots(stream, a.slope, count * kPanel, slots, panels.slope);
}

}  // namespace bakeoff::kernels

// A block takes one slot of chunks under one panel: 16 columns x 16 lanes of threads. Parameters and gradient of the
// panel stay in shared memory; every sum belongs to one thread, which adds in the order of logistic.h, so there are no
// atomics.
#pragma once
#include "kernels/launch.h"
#include "kernels/linear/link.h"
#include "kernels/linear/logistic.h"

namespace bakeoff::kernels {
namespace detail {

inline constexpr int kPassLanes = 16;

// The tile of rows that a block works on, in dynamic shared memory behind theta and gradient.
struct PassTile {
  float *theta, *gradient;     // panel rows x 16
  float *x, *residual, *loss;  // rows x dense rows; rows x 16; rows x 16
  float *sign, *weight;
  std::int32_t *entry, *fold;  // rows x categoricals; rows
};

struct PassShape {
  int panel_rows, dense_rows, categoricals, rows;  // rows of a tile: a multiple of kLossRows

  BAKEOFF_HD PassTile place(float* base) const {
    PassTile t;
    t.theta = base;
    t.gradient = t.theta + panel_rows * kPanel;
    t.x = t.gradient + panel_rows * kPanel;
    t.residual = t.x + rows * dense_rows;
    t.loss = t.residual + rows * kPanel;
    t.sign = t.loss + rows * kPanel;
    t.weight = t.sign + rows;
    t.fold = reinterpret_cast<std::int32_t*>(t.weight + rows);
    t.entry = t.fold + rows;
    return t;
  }
  std::size_t bytes() const {
    const std::size_t row = static_cast<std::size_t>(dense_rows) + 2 * kPanel + 3 + categoricals;
    return sizeof(float) * (static_cast<std::size_t>(panel_rows) * 2 * kPanel + row * rows);
  }
};

struct PassArguments {
  RowsView rows;
  PanelsView panels;
  PassShape shape;
  Index chunk;       // rows
  double* gradient;  // slots x panels x panel rows x 16
  double* loss;      // slots x panels x 16
};

__device__ inline float dense_value(const RowsView& view, Index row, int k) {
  const Index at = row * view.row_stride + k * view.column_stride;
  const bool wide = view.scalar == RowsView::Scalar::f64;
  double x = wide ? static_cast<const double*>(view.dense)[at] : static_cast<const float*>(view.dense)[at];
  if (view.shift) x -= view.shift[k];
  if (view.scale) x *= view.scale[k];
  return static_cast<float>(x);
}

__device__ inline void load_tile(const PassArguments& a, const PassTile& tile, Index first, int count) {
  const RowsView& view = a.rows;
  const int threads = kPanel * kPassLanes, dense = view.dense_columns;
  for (int i = static_cast<int>(threadIdx.x); i < count * a.shape.dense_rows; i += threads) {
    const int row = i / a.shape.dense_rows, k = i % a.shape.dense_rows;
    tile.x[i] = k < dense ? dense_value(view, first + row, k) : k == dense ? 1.0f : 0.0f;
  }
  for (int i = static_cast<int>(threadIdx.x); i < count * view.categoricals; i += threads) {
    const std::int32_t code = view.codes[first * view.categoricals + i];
    tile.entry[i] = panel_row(view, view.offsets[i % view.categoricals] + code);
  }
  for (int i = static_cast<int>(threadIdx.x); i < count; i += threads) {
    tile.sign[i] = view.labels[first + i] > 0 ? 1.0f : -1.0f;
    if (view.weights) tile.weight[i] = static_cast<float>(view.weights[first + i]);
    if (view.folds) tile.fold[i] = view.folds[first + i];
  }
}

// Residual and loss of one row under one model.
__device__ inline void forward(const PassArguments& a, const PassTile& tile, int row, int column,
                               std::int32_t left_out) {
  float logit = 0.0f;
  for (int k = 0; k < a.shape.dense_rows; ++k)
    logit = tile.x[row * a.shape.dense_rows + k] * tile.theta[k * kPanel + column] + logit;
  for (int c = 0; c < a.shape.categoricals; ++c)
    logit += tile.theta[tile.entry[row * a.shape.categoricals + c] * kPanel + column];
  const float sign = tile.sign[row];
  LogisticPoint<float> point = logistic_point<FloatOps>(sign * logit);
  point.probability = -sign * point.probability;
  if (a.rows.weights) {
    point.probability *= tile.weight[row];
    point.loss *= tile.weight[row];
  }
  if (a.panels.left_out && a.rows.folds && tile.fold[row] == left_out) point = {0.0f, 0.0f};
  tile.residual[row * kPanel + column] = point.probability;
  tile.loss[row * kPanel + column] = point.loss;
}

__device__ inline void backward(const PassArguments& a, const PassTile& tile, int count, int column, int lane) {
  for (int k = lane; k < a.shape.dense_rows; k += kPassLanes) {
    float sum = tile.gradient[k * kPanel + column];
    for (int row = 0; row < count; ++row)
      sum = tile.x[row * a.shape.dense_rows + k] * tile.residual[row * kPanel + column] + sum;
    tile.gradient[k * kPanel + column] = sum;
  }
  // Two columns never share a category: each lane owns what it adds to.
  for (int c = lane; c < a.shape.categoricals; c += kPassLanes)
    for (int row = 0; row < count; ++row)
      tile.gradient[tile.entry[row * a.shape.categoricals + c] * kPanel + column] +=
          tile.residual[row * kPanel + column];
}

// Grid {slots, panels}, 256 threads.
static __global__ void logistic_slots_kernel(PassArguments a) {
  BAKEOFF_DYNAMIC_SHARED(float, shared);
  const PassTile tile = a.shape.place(shared);
  const int thread = static_cast<int>(threadIdx.x), column = thread % kPanel, lane = thread / kPanel;
  const int threads = kPanel * kPassLanes, size = a.shape.panel_rows * kPanel;
  const Index slot = blockIdx.x, panel = blockIdx.y;
  const std::int32_t left_out = a.panels.left_out ? a.panels.left_out[panel * kPanel + column] : -1;
  double* const sums = a.gradient + (slot * a.panels.panels + panel) * size;
  double loss = 0;
  for (int i = thread; i < size; i += threads) {
    tile.theta[i] = a.panels.theta[panel * size + i];
    sums[i] = 0;
  }
  const Index chunks = (a.rows.rows + a.chunk - 1) / a.chunk;
  for (Index c = chunks * slot / kLogisticSlots; c < chunks * (slot + 1) / kLogisticSlots; ++c) {
    const Index begin = max(c * a.chunk, a.panels.begin[panel]);
    const Index end = min(min((c + 1) * a.chunk, a.rows.rows), a.panels.end[panel]);
    if (begin >= end) continue;
    for (int i = thread; i < size; i += threads) tile.gradient[i] = 0.0f;
    for (Index first = begin; first < end; first += a.shape.rows) {
      const int count = static_cast<int>(min(end - first, static_cast<Index>(a.shape.rows)));
      __syncthreads();  // the last tile has been used
      load_tile(a, tile, first, count);
      __syncthreads();
      for (int row = lane; row < count; row += kPassLanes) forward(a, tile, row, column, left_out);
      __syncthreads();
      backward(a, tile, count, column, lane);
      for (int row = 0; lane == 0 && row < count; row += kLossRows) {
        float sum = 0.0f;
        for (int r = row; r < min(count, row + kLossRows); ++r) sum += tile.loss[r * kPanel + column];
        loss += static_cast<double>(sum);
      }
    }
    __syncthreads();
    for (int i = thread; i < size; i += threads) sums[i] += static_cast<double>(tile.gradient[i]);
  }
  if (lane == 0) a.loss[(slot * a.panels.panels + panel) * kPanel + column] = loss;
}

// out[i] = the slots' values of i, added in order. `stride` values a slot.
static __global__ void add_slots_kernel(const double* slots, Index stride, double* out) {
  const Index i = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= stride) return;
  double sum = 0;
  for (int slot = 0; slot < kLogisticSlots; ++slot) sum += slots[slot * stride + i];
  out[i] = sum;
}

inline void add_slots(Stream stream, const double* slots, Index stride, double* out) {
  constexpr unsigned kThreads = 256;
  launch(add_slots_kernel, dim3(static_cast<unsigned>((stride + kThreads - 1) / kThreads)), dim3(kThreads), 0, stream,
         slots, stride, out);
}

inline PassShape pass_shape(const RowsView& rows) {
  PassShape shape{panel_rows(rows.dense_columns, rows.categories), panel_dense_rows(rows.dense_columns),
                  rows.categoricals, 64};
  // A tile of at most 32 KB leaves room for several blocks on a multiprocessor.
  while (shape.rows > kLossRows && shape.rows * shape.dense_rows * sizeof(float) > 32768) shape.rows /= 2;
  return shape;
}

}  // namespace detail

std::size_t logistic_device_scratch_bytes(const RowsView& rows, int panels) {
  const std::size_t size = static_cast<std::size_t>(panel_rows(rows.dense_columns, rows.categories) + 1) * kPanel;
  return sizeof(double) * kLogisticSlots * static_cast<std::size_t>(panels) * size;
}

void logistic_gradient(Stream stream, const RowsView& rows, const PanelsView& panels, void* scratch) {
  if (panels.panels == 0) return;
  const detail::PassShape shape = detail::pass_shape(rows);
  const Index size = static_cast<Index>(shape.panel_rows) * kPanel;
  double* const gradient = static_cast<double*>(scratch);
  double* const loss = gradient + kLogisticSlots * panels.panels * size;
  const detail::PassArguments arguments{rows, panels, shape, chunk_rows(rows.dense_columns), gradient, loss};
  launch(detail::logistic_slots_kernel, dim3(kLogisticSlots, static_cast<unsigned>(panels.panels)),
         dim3(kPanel * detail::kPassLanes), shape.bytes(), stream, arguments);
  detail::add_slots(stream, gradient, panels.panels * size, panels.gradient);
  detail::add_slots(stream, loss, static_cast<Index>(panels.panels) * kPanel, panels.loss);
}

}  // namespace bakeoff::kernels

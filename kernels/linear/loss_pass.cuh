// A block takes one slot of chunks under one unit of panels: 16 columns x 16 lanes of threads, which take the unit's
// panels in turn. Parameters and gradient of the unit stay in shared memory; every sum belongs to one thread, which
// adds in the order of loss_pass.h, so there are no atomics.
#pragma once
#include "kernels/launch.h"
#include "kernels/linear/loss_pass.h"
#include "kernels/linear/losses.h"

namespace bakeoff::kernels {
namespace detail {

inline constexpr int kPassLanes = 16;

// The tile of rows that a block works on, in dynamic shared memory behind theta and gradient.
struct PassTile {
  float *theta, *gradient;             // panels x panel rows x 16
  float *x, *residual, *loss, *slope;  // rows x dense rows; rows x width (16 a panel), thrice; slope: if it has a shape
  float *target, *weight;
  std::int32_t *entry, *fold;  // rows x categoricals; rows
};

struct PassShape {
  int panel_rows, dense_rows, categoricals, panels, shaped, rows;  // rows of a tile: a multiple of kLossRows

  BAKEOFF_HD int width() const { return panels * kPanel; }
  BAKEOFF_HD PassTile place(float* base) const {
    PassTile t;
    t.theta = base;
    t.gradient = t.theta + panel_rows * width();
    t.x = t.gradient + panel_rows * width();
    t.residual = t.x + rows * dense_rows;
    t.loss = t.residual + rows * width();
    t.slope = t.loss + rows * width();
    t.target = t.slope + shaped * rows * width();
    t.weight = t.target + rows;
    t.fold = reinterpret_cast<std::int32_t*>(t.weight + rows);
    t.entry = t.fold + rows;
    return t;
  }
  std::size_t bytes() const {
    const std::size_t columns = static_cast<std::size_t>(width());
    const std::size_t row = static_cast<std::size_t>(dense_rows) + (2 + shaped) * columns + 3 + categoricals;
    return sizeof(float) * (static_cast<std::size_t>(panel_rows) * 2 * columns + row * rows);
  }
};

struct PassArguments {
  RowsView rows;
  PanelsView panels;
  PassShape shape;
  Index chunk;           // rows
  double* gradient;      // slots x panels x panel rows x 16
  double *loss, *slope;  // slots x panels x 16
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
    tile.target[i] = loss_target(a.panels.kind, view.labels[first + i]);
    if (view.weights) tile.weight[i] = static_cast<float>(view.weights[first + i]);
    if (view.folds) tile.fold[i] = view.folds[first + i];
  }
}

// The logits of a tile, in place of the residuals.
__device__ inline void forward(const PassArguments& a, const PassTile& tile, int count, int column, int lane) {
  for (int p = 0; p < a.shape.panels; ++p) {
    const float* theta = tile.theta + p * a.shape.panel_rows * kPanel;
    for (int row = lane; row < count; row += kPassLanes) {
      float logit = 0.0f;
      for (int k = 0; k < a.shape.dense_rows; ++k)
        logit = tile.x[row * a.shape.dense_rows + k] * theta[k * kPanel + column] + logit;
      for (int c = 0; c < a.shape.categoricals; ++c)
        logit += theta[tile.entry[row * a.shape.categoricals + c] * kPanel + column];
      tile.residual[row * a.shape.width() + p * kPanel + column] = logit;
    }
  }
}

// A thread's own logits of one panel become residuals.
template <class Kind>
__device__ inline void link(const PassArguments& a, const PassTile& tile, int count, int column, int lane,
                            Index at_column) {
  const std::int32_t left_out = a.panels.left_out ? a.panels.left_out[at_column] : -1;
  const float shape = Kind::kShaped ? a.panels.shape[at_column] : 0.0f;
  const float dead = Kind::kTube ? a.panels.dead[at_column] : 0.0f;
  for (int row = lane; row < count; row += kPassLanes) {
    float* const z = tile.residual + row * kPanel + column;
    LossPoint<float> point = loss_point<Kind, FloatOps>(*z, tile.target[row], shape, dead);
    if (a.rows.weights) {
      point.derivative *= tile.weight[row];
      point.loss *= tile.weight[row];
      point.slope *= tile.weight[row];
    }
    if (a.panels.left_out && a.rows.folds && tile.fold[row] == left_out) point = {0.0f, 0.0f, 0.0f};
    *z = point.derivative;
    tile.loss[row * kPanel + column] = point.loss;
    if constexpr (Kind::kShaped) tile.slope[row * kPanel + column] = point.slope;
  }
}

// A thread takes whole models of a row.
__device__ inline void link_softmax(const PassArguments& a, const PassTile& tile, int count, Index first_column) {
  const ClassLayout& layout = a.panels.classes;
  const int classes = layout.classes, width = a.shape.width();
  const int threads = kPanel * kPassLanes;
  for (int i = static_cast<int>(threadIdx.x); i < count * width; i += threads) tile.loss[i] = 0.0f;
  __syncthreads();
  for (int i = static_cast<int>(threadIdx.x); i < count * layout.models(); i += threads) {
    const int row = i / layout.models(), first = i % layout.models() * classes;
    float* const z = tile.residual + row * width + first;
    const int label = static_cast<int>(tile.target[row]);
    const float below = softmax_begin(z, classes, label);
    for (int k = 0; k < classes; ++k) z[k] = exponential<FloatOps>(z[k]);
    const bool seen = !a.panels.left_out || !a.rows.folds || a.panels.left_out[first_column + first] != tile.fold[row];
    tile.loss[row * width + first] =
        softmax_end(z, classes, label, below, a.rows.weights ? tile.weight[row] : 1.0f, seen);
  }
  for (int i = static_cast<int>(threadIdx.x); i < count * width; i += threads)
    if (i % width >= layout.models() * classes) tile.residual[i] = 0.0f;
}

__device__ inline void backward(const PassArguments& a, const PassTile& tile, int count, int column, int lane) {
  const int width = a.shape.width();
  for (int p = 0; p < a.shape.panels; ++p) {
    float* const gradient = tile.gradient + p * a.shape.panel_rows * kPanel;
    const float* const residual = tile.residual + p * kPanel + column;
    for (int k = lane; k < a.shape.dense_rows; k += kPassLanes) {
      float sum = gradient[k * kPanel + column];
      for (int row = 0; row < count; ++row) sum = tile.x[row * a.shape.dense_rows + k] * residual[row * width] + sum;
      gradient[k * kPanel + column] = sum;
    }
    // Two columns never share a category: each lane owns what it adds to.
    for (int c = lane; c < a.shape.categoricals; c += kPassLanes)
      for (int row = 0; row < count; ++row)
        gradient[tile.entry[row * a.shape.categoricals + c] * kPanel + column] += residual[row * width];
  }
}

// `sum` and the tile's losses (or slopes) of a column, kLossRows at once.
__device__ inline double add_losses(double sum, const float* losses, int width, int count) {
  for (int row = 0; row < count; row += kLossRows) {
    float few = 0.0f;
    for (int r = row; r < min(count, row + kLossRows); ++r) few += losses[r * width];
    sum += static_cast<double>(few);
  }
  return sum;
}

// Grid {slots, units}, 256 threads.
static __global__ void loss_slots_kernel(PassArguments a) {
  BAKEOFF_DYNAMIC_SHARED(float, shared);
  const PassTile tile = a.shape.place(shared);
  const int thread = static_cast<int>(threadIdx.x), column = thread % kPanel, lane = thread / kPanel;
  const int threads = kPanel * kPassLanes, width = a.shape.width(), size = a.shape.panel_rows * width;
  const Index slot = blockIdx.x, panel = static_cast<Index>(blockIdx.y) * a.shape.panels;
  double* const sums = a.gradient + (slot * a.panels.panels + panel) * a.shape.panel_rows * kPanel;
  double* const loss = a.loss + (slot * a.panels.panels + panel) * kPanel;
  double* const slope = a.slope + (slot * a.panels.panels + panel) * kPanel;
  for (int i = thread; i < size; i += threads) {
    tile.theta[i] = a.panels.theta[panel * a.shape.panel_rows * kPanel + i];
    sums[i] = 0;
  }
  for (int i = thread; i < width; i += threads) loss[i] = slope[i] = 0;
  const Index chunks = (a.rows.rows + a.chunk - 1) / a.chunk;
  for (Index c = chunks * slot / kPassSlots; c < chunks * (slot + 1) / kPassSlots; ++c) {
    const Index begin = max(c * a.chunk, a.panels.begin[panel]);
    const Index end = min(min((c + 1) * a.chunk, a.rows.rows), a.panels.end[panel]);
    if (begin >= end) continue;
    for (int i = thread; i < size; i += threads) tile.gradient[i] = 0.0f;
    for (Index first = begin; first < end; first += a.shape.rows) {
      const int count = static_cast<int>(min(end - first, static_cast<Index>(a.shape.rows)));
      __syncthreads();  // the last tile has been used
      load_tile(a, tile, first, count);
      __syncthreads();
      forward(a, tile, count, column, lane);
      if (a.panels.kind == Loss::softmax) {
        __syncthreads();
        link_softmax(a, tile, count, panel * kPanel);
      } else {
        with_loss(a.panels.kind,
                  [&](auto kind) { link<decltype(kind)>(a, tile, count, column, lane, panel * kPanel + column); });
      }
      __syncthreads();
      backward(a, tile, count, column, lane);
      for (int i = thread; i < width; i += threads) {
        loss[i] = add_losses(loss[i], tile.loss + i, width, count);
        if (a.shape.shaped) slope[i] = add_losses(slope[i], tile.slope + i, width, count);
      }
    }
    __syncthreads();
    for (int i = thread; i < size; i += threads) sums[i] += static_cast<double>(tile.gradient[i]);
  }
}

// out[i] = the slots' values of i, added in order. `stride` values a slot.
static __global__ void add_slots_kernel(const double* slots, Index stride, double* out) {
  const Index i = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= stride) return;
  double sum = 0;
  for (int slot = 0; slot < kPassSlots; ++slot) sum += slots[slot * stride + i];
  out[i] = sum;
}

inline void add_slots(Stream stream, const double* slots, Index stride, double* out) {
  constexpr unsigned kThreads = 256;
  launch(add_slots_kernel, dim3(static_cast<unsigned>((stride + kThreads - 1) / kThreads)), dim3(kThreads), 0, stream,
         slots, stride, out);
}

inline PassShape pass_shape(const RowsView& rows, const PanelsView& panels) {
  PassShape shape{panel_rows(rows.dense_columns, rows.categories),
                  panel_dense_rows(rows.dense_columns),
                  rows.categoricals,
                  panels.classes.panels(),
                  panels.shape ? 1 : 0,
                  64};
  // A tile of at most 32 KB leaves room for several blocks on a multiprocessor.
  while (shape.rows > kLossRows && shape.rows * shape.dense_rows * sizeof(float) > 32768) shape.rows /= 2;
  return shape;
}

}  // namespace detail

std::size_t loss_device_scratch_bytes(const RowsView& rows, const PanelsView& panels) {
  const std::size_t size = static_cast<std::size_t>(panel_rows(rows.dense_columns, rows.categories) + 2) * kPanel;
  return sizeof(double) * kPassSlots * static_cast<std::size_t>(panels.panels) * size;
}

void loss_gradient(Stream stream, const RowsView& rows, const PanelsView& panels, void* scratch) {
  if (panels.panels == 0) return;
  const detail::PassShape shape = detail::pass_shape(rows, panels);
  const Index size = static_cast<Index>(shape.panel_rows) * kPanel,
              columns = static_cast<Index>(panels.panels) * kPanel;
  double* const gradient = static_cast<double*>(scratch);
  double* const loss = gradient + kPassSlots * panels.panels * size;
  double* const slope = loss + kPassSlots * columns;
  const detail::PassArguments arguments{rows, panels, shape, chunk_rows(rows.dense_columns), gradient, loss, slope};
  launch(detail::loss_slots_kernel, dim3(kPassSlots, static_cast<unsigned>(panels.panels / shape.panels)),
         dim3(kPanel * detail::kPassLanes), shape.bytes(), stream, arguments);
  detail::add_slots(stream, gradient, panels.panels * size, panels.gradient);
  detail::add_slots(stream, loss, columns, panels.loss);
  if (panels.slope) detail::add_slots(stream, slope, columns, panels.slope);
}

}  // namespace bakeoff::kernels

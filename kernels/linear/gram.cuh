#pragma once
#include <cmath>

#include "kernels/launch.h"
#include "kernels/linear/gram.h"

namespace bakeoff::kernels {
namespace detail {

constexpr int kGramThreads = 256;
// Rows that are spelled out at once: with 128 columns 17 MB, which stay in the L2 of an A100 or H100 until cuBLAS reads
// them, and enough for its tiles.
constexpr Index kGramBlock = 16384;

struct GramRows {
  RowsView rows;
  const Index* order;
  double label_shift;
};

// Place `k` of z of one row, as gram.h has it.
__device__ inline double gram_value(const GramRows& source, Index row, int k) {
  const RowsView& view = source.rows;
  if (k < view.dense_columns) {
    const Index at = row * view.row_stride + k * view.column_stride;
    const bool wide = view.scalar == RowsView::Scalar::f64;
    double x = wide ? static_cast<const double*>(view.dense)[at] : static_cast<const float*>(view.dense)[at];
    if (view.shift) x -= view.shift[k];
    if (view.scale) x *= view.scale[k];
    return x;
  }
  if (k == view.intercept()) return 1.0;
  if (k > view.intercept()) return view.labels[row] - source.label_shift;
  for (int c = 0; c < view.categoricals; ++c)
    if (view.offsets[c] + view.codes[row * view.categoricals + c] == k) return 1.0;
  return 0.0;
}

// Rows [first, first + count) of the order: z, order numbers a row, times the root of the row's weight. One thread a
// number; neighbours read neighbouring columns.
static __global__ void spell_rows_kernel(GramRows source, Index first, Index count, int order, double* z) {
  const Index at = static_cast<Index>(blockIdx.x) * kGramThreads + threadIdx.x;
  if (at >= count * order) return;
  const Index position = first + at / order, row = source.order ? source.order[position] : position;
  const double value = gram_value(source, row, static_cast<int>(at % order));
  z[at] = source.rows.weights ? value * sqrt(source.rows.weights[row]) : value;
}

static __global__ void zero_gram_kernel(double* out, Index size) {
  const Index at = static_cast<Index>(blockIdx.x) * kGramThreads + threadIdx.x;
  if (at < size) out[at] = 0;
}

// The upper triangle (of rows) from the lower one.
static __global__ void mirror_gram_kernel(double* out, int order) {
  const Index at = static_cast<Index>(blockIdx.x) * kGramThreads + threadIdx.x, i = at / order, j = at % order;
  if (i < order && j > i) out[at] = out[j * order + i];
}

inline dim3 gram_grid(Index items) { return dim3(static_cast<unsigned>((items + kGramThreads - 1) / kGramThreads)); }

inline Index gram_block_rows(const GramSegment* segments, int count) {
  Index most = 1;
  for (int s = 0; s < count; ++s)
    most = segments[s].end - segments[s].begin > most ? segments[s].end - segments[s].begin : most;
  return most < kGramBlock ? most : kGramBlock;
}

// `add(z, rows, order, out)` adds the products of the rows of z to the triangle of out with column <= row.
template <class Add>
void gram_by(Stream stream, const GramRows& source, const GramSegment* segments, int count, double* out, double* z,
             const Add& add) {
  const int order = gram_order(source.rows);
  const Index size = static_cast<Index>(order) * order, block = gram_block_rows(segments, count);
  for (int s = 0; s < count; ++s) {
    double* const gram = out + s * size;
    launch(zero_gram_kernel, gram_grid(size), dim3(kGramThreads), 0, stream, gram, size);
    for (Index first = segments[s].begin; first < segments[s].end; first += block) {
      const Index left = segments[s].end - first, rows = left < block ? left : block;
      launch(spell_rows_kernel, gram_grid(rows * order), dim3(kGramThreads), 0, stream, source, first, rows, order, z);
      add(z, rows, order, gram);
    }
    launch(mirror_gram_kernel, gram_grid(size), dim3(kGramThreads), 0, stream, gram, order);
  }
}

}  // namespace detail

std::size_t gram_device_scratch_bytes(const RowsView& rows, const GramSegment* segments, int count) {
  return sizeof(double) * static_cast<std::size_t>(detail::gram_block_rows(segments, count) * gram_order(rows));
}

}  // namespace bakeoff::kernels

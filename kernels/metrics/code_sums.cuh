#pragma once
#include "kernels/launch.h"
#include "kernels/metrics/code_sums.h"

namespace bakeoff::kernels {
namespace detail {

// Grid {chunks, columns}, kLanes threads: a thread adds up the rows of its code, in their order.
static __global__ void code_chunks_kernel(CodedRows rows, Index first_column, double* partials) {
  BAKEOFF_STATIC_SHARED(code, std::int16_t[kChunkRows]);
  BAKEOFF_STATIC_SHARED(weight, double[kChunkRows]);
  const Index chunk = blockIdx.x, j = first_column + blockIdx.y, begin = chunk * kChunkRows;
  const Index left = rows.rows() - begin, count = left < kChunkRows ? left : kChunkRows;
  for (Index i = threadIdx.x; i < count; i += kLanes) {
    code[i] = rows.codes(j, begin + i);
    weight[i] = rows.weights.data ? rows.weights.data[begin + i] : 1.0;
  }
  __syncthreads();
  const Index width = rows.first[j + 1] - rows.first[j];
  for (Index c = threadIdx.x; c < width; c += kLanes) {
    double sum = 0;
    for (Index i = 0; i < count; ++i)
      if (code[i] == c) sum += weight[i];
    partials[chunk * rows.sums + rows.first[j] + c] = sum;
  }
}

// A thread a sum: halves its chunks.
static __global__ void code_totals_kernel(double* partials, Index chunks, Index count, double* sums) {
  const Index s = blockIdx.x * Index{kLanes} + threadIdx.x;
  if (s >= count) return;
  for (Index half = power_of_two_at_least(chunks) / 2; half > 0; half /= 2)
    for (Index k = 0; k < half && k + half < chunks; ++k) partials[k * count + s] += partials[(k + half) * count + s];
  sums[s] = chunks > 0 ? partials[s] : 0.0;
}

}  // namespace detail

void code_sums(Stream stream, const CodedRows& rows, double* sums, void* scratch) {
  constexpr Index kMaxColumns = 65535;  // of a grid's second dimension
  const Index chunks = chunk_count(rows.rows());
  auto* const partials = static_cast<double*>(scratch);
  for (Index first = 0; chunks > 0 && first < rows.columns(); first += kMaxColumns) {
    const Index left = rows.columns() - first;
    const dim3 grid(static_cast<unsigned>(chunks), static_cast<unsigned>(left < kMaxColumns ? left : kMaxColumns));
    launch(detail::code_chunks_kernel, grid, dim3(kLanes), 0, stream, rows, first, partials);
  }
  if (rows.sums == 0) return;
  launch(detail::code_totals_kernel, dim3(static_cast<unsigned>((rows.sums + kLanes - 1) / kLanes)), dim3(kLanes), 0,
         stream, partials, chunks, rows.sums, sums);
}

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/drift/mmd.h"
#include "kernels/launch.h"

namespace bakeoff::kernels {
namespace detail {

constexpr int kMmdThreads = 64;  // a column of the tile each
static_assert(kMmdThreads == kMmdTile);

// A block a pair of tiles: 32 KiB of kernel values in shared memory, then one deal after the other.
static __global__ void mmd_tiles_kernel(MmdRows rows, MmdSums* states) {
  BAKEOFF_STATIC_SHARED(k, double[kMmdTile * kMmdTile]);
  BAKEOFF_STATIC_SHARED(lanes, MmdSums[kMmdTile]);
  const Index pair = blockIdx.x, j = threadIdx.x;
  const TilePair at = tile_pair(pair, rows.tiles());
  for (Index i = 0; i < kMmdTile; ++i)
    k[i * kMmdTile + j] = rows.kernel(at.first * kMmdTile + i, at.second * kMmdTile + j);
  __syncthreads();
  double row = 0, column = 0;
  for (Index i = 0; i < kMmdTile; ++i) {
    row += k[j * kMmdTile + i];
    column += k[i * kMmdTile + j];
  }
  for (Index deal = 0; deal < rows.deals; ++deal) {
    double across = 0;
    for (Index i = 0; i < kMmdTile; ++i) across += rows.side(deal, at.first * kMmdTile + i) * k[i * kMmdTile + j];
    const double second = rows.side(deal, at.second * kMmdTile + j);
    const double first = rows.side(deal, at.first * kMmdTile + j);
    const bool twice = at.first != at.second;
    const double within = second * across, from = first * row;
    __syncthreads();  // the last deal's answer has been read
    lanes[j] = {twice ? 2 * within : within, twice ? from + second * column : from};
    for (Index half = kMmdTile / 2; half > 0; half /= 2) {
      __syncthreads();
      if (j < half) lanes[j] = merge(lanes[j], lanes[j + half]);
    }
    if (j == 0) states[deal * rows.pairs() + pair] = lanes[0];
  }
}

// A block a deal: pairs are halved in place, as halve() does.
static __global__ void mmd_totals_kernel(MmdSums* states, Index pairs, MmdSums* sums) {
  MmdSums* const mine = states + static_cast<Index>(blockIdx.x) * pairs;
  for (Index half = power_of_two_at_least(pairs) / 2; half > 0; half /= 2) {
    for (Index i = threadIdx.x; i < half && i + half < pairs; i += blockDim.x) mine[i] = merge(mine[i], mine[i + half]);
    __syncthreads();
  }
  if (threadIdx.x == 0) sums[blockIdx.x] = pairs > 0 ? mine[0] : MmdSums{};
}

}  // namespace detail

void mmd_sums(Stream stream, const MmdRows& rows, MmdSums* sums, void* scratch) {
  if (rows.deals == 0) return;
  auto* const states = static_cast<MmdSums*>(scratch);
  if (rows.pairs() > 0)
    launch(detail::mmd_tiles_kernel, dim3(static_cast<unsigned>(rows.pairs())), dim3(detail::kMmdThreads), 0, stream,
           rows, states);
  launch(detail::mmd_totals_kernel, dim3(static_cast<unsigned>(rows.deals)), dim3(256), 0, stream, states, rows.pairs(),
         sums);
}

}  // namespace bakeoff::kernels

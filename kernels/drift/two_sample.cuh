#pragma once
#include "kernels/drift/two_sample.h"
#include "kernels/launch.h"

namespace bakeoff::kernels {
namespace detail {

__device__ inline TwoSample halve_samples(TwoSample* lanes, const TwoSample& mine) {
  const int lane = static_cast<int>(threadIdx.x);
  lanes[lane] = mine;
  for (int half = kLanes / 2; half > 0; half /= 2) {
    __syncthreads();
    if (lane < half) lanes[lane] = merge(lanes[lane], lanes[lane + half]);
  }
  return lanes[lane];  // thread 0 has the sum of all
}

// A block a chunk: its values of both samples, and one of each beyond, go to shared memory (32 KiB), where each lane
// finds its own 16 ranks.
static __global__ void two_sample_chunks_kernel(SortedPair pair, TwoSample* states) {
  BAKEOFF_STATIC_SHARED(cut, Index[2]);
  BAKEOFF_STATIC_SHARED(tile, double[kChunkRows + 2]);
  BAKEOFF_STATIC_SHARED(lanes, TwoSample[kLanes]);
  const Index begin = static_cast<Index>(blockIdx.x) * kChunkRows;
  const Index end = begin + kChunkRows < pair.ranks() ? begin + kChunkRows : pair.ranks();
  const Index lane = threadIdx.x;
  if (lane < 2) cut[lane] = merge_path(pair.a, pair.n, pair.b, pair.m, lane == 0 ? begin : end);
  __syncthreads();
  const Index i = cut[0], j = begin - i, a_size = cut[1] - i, b_size = end - cut[1] - j;
  const Index a_held = a_size + (i + a_size < pair.n ? 1 : 0), b_held = b_size + (j + b_size < pair.m ? 1 : 0);
  for (Index k = lane; k < a_held + b_held; k += kLanes) tile[k] = k < a_held ? pair.a[i + k] : pair.b[j + k - a_held];
  __syncthreads();
  TwoSample sum;
  const Index first = lane * kLaneRanks, last = first + kLaneRanks < end - begin ? first + kLaneRanks : end - begin;
  if (first < last) {
    const Index from_a = merge_path(tile, a_size, tile + a_held, b_size, first), from_b = first - from_a;
    MergeWalk walk{tile + from_a,
                   tile + a_held + from_b,
                   a_held - from_a,
                   b_held - from_b,
                   (i + from_a) * pair.m - (j + from_b) * pair.n,
                   pair.m,
                   pair.n};
    for (Index rank = first; rank < last; ++rank) walk.step(sum);
  }
  const TwoSample all = halve_samples(lanes, sum);
  if (lane == 0) states[blockIdx.x] = all;
}

// One block: chunks are halved in place, as halve() does.
static __global__ void two_sample_total_kernel(TwoSample* states, Index n, TwoSample* out) {
  for (Index half = power_of_two_at_least(n) / 2; half > 0; half /= 2) {
    for (Index i = threadIdx.x; i < half && i + half < n; i += blockDim.x)
      states[i] = merge(states[i], states[i + half]);
    __syncthreads();
  }
  if (threadIdx.x == 0) *out = n > 0 ? states[0] : TwoSample{};
}

}  // namespace detail

void two_sample(Stream stream, const SortedPair& pair, TwoSample* out, void* scratch) {
  const Index chunks = chunk_count(pair.ranks());
  auto* const states = static_cast<TwoSample*>(scratch);
  if (chunks > 0)
    launch(detail::two_sample_chunks_kernel, dim3(static_cast<unsigned>(chunks)), dim3(kLanes), 0, stream, pair,
           states);
  launch(detail::two_sample_total_kernel, dim3(1), dim3(kLanes), 0, stream, states, chunks, out);
}

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/launch.h"
#include "kernels/resample/code_bootstrap.h"

namespace bakeoff::kernels {
namespace detail {

// Codes that are added up at once: 8 KiB of sums stand in shared memory beside 32 KiB of weights.
constexpr int kCodeWindow = 128;

struct CodePass {
  CodedRows rows;
  ResampleUnits units;
  Resamples resamples;
  double factor;
  ExactSum* totals;
};

__device__ inline void add_integer(std::int64_t* to, std::int64_t x) {
  if (x != 0) atomicAdd(reinterpret_cast<unsigned long long*>(to), static_cast<unsigned long long>(x));
}

// The weights of a chunk's rows in one group of 8 resamples.
__device__ inline void load_weights(const CodePass& pass, Index begin, Index count, std::uint32_t group,
                                    std::uint64_t* weights) {
  for (Index i = threadIdx.x; i < count; i += kLanes) {
    const Index place = unit_place(pass.units, begin + i);
    weights[i] = packed_weights(
        weight_block(pass.resamples.key, id_at(pass.units, place), pass.resamples.first_group() + group));
  }
}

// Threads begin with different resamples: with few codes they would else wait for each other at one sum.
__device__ inline void add_row(std::int64_t term, std::uint64_t weights, std::int64_t* sums) {
  for (int f = 0; f < kResamplesPerBlock; ++f) {
    const int field = (f + static_cast<int>(threadIdx.x)) % kResamplesPerBlock;
    add_integer(sums + field, term * static_cast<std::int64_t>(weights >> (8 * field) & 0xff));
  }
}

__device__ inline void add_window(const CodePass& pass, Index first_sum, Index codes, std::uint32_t group,
                                  const std::int64_t* sums) {
  for (Index i = threadIdx.x; i < codes * kResamplesPerBlock; i += kLanes) {
    const Index resample = static_cast<Index>(group) * kResamplesPerBlock + i % kResamplesPerBlock;
    if (resample >= pass.resamples.count) continue;
    ExactSum* const total = pass.totals + resample * pass.rows.sums + first_sum + i / kResamplesPerBlock;
    add_integer(&total->low, low_part(sums[i]));
    add_integer(&total->high, high_part(sums[i]));
  }
}

// Grid {chunks, groups of 8 resamples}, kLanes threads.
static __global__ void code_bootstrap_kernel(CodePass pass) {
  BAKEOFF_STATIC_SHARED(weights, std::uint64_t[kChunkRows]);
  BAKEOFF_STATIC_SHARED(sums, std::int64_t[kCodeWindow * kResamplesPerBlock]);
  const CodedRows& rows = pass.rows;
  const auto group = static_cast<std::uint32_t>(blockIdx.y);
  const Index begin = blockIdx.x * kChunkRows, left = rows.rows() - begin;
  const Index count = left < kChunkRows ? left : kChunkRows;
  load_weights(pass, begin, count, group, weights);
  for (Index j = 0; j < rows.columns(); ++j)
    for (Index first = rows.first[j]; first < rows.first[j + 1]; first += kCodeWindow) {
      const Index here = rows.first[j + 1] - first, codes = here < kCodeWindow ? here : kCodeWindow;
      for (Index i = threadIdx.x; i < codes * kResamplesPerBlock; i += kLanes) sums[i] = 0;
      __syncthreads();
      for (Index i = threadIdx.x; i < count; i += kLanes) {
        const Index code = rows.codes(j, begin + i), at = code + rows.first[j] - first;
        if (code < 0 || at < 0 || at >= codes) continue;
        const double weight = rows.weights.data ? rows.weights.data[begin + i] * pass.factor : 1.0;
        add_row(static_cast<std::int64_t>(math::round_to_integer(weight)), weights[i], sums + at * kResamplesPerBlock);
      }
      __syncthreads();
      add_window(pass, first, codes, group, sums);
      __syncthreads();  // before the next window's zeros
    }
}

}  // namespace detail

void code_bootstrap(Stream stream, const CodedRows& rows, const ResampleUnits& units, const Resamples& resamples,
                    int exponent, ExactSum* totals) {
  if (rows.rows() == 0 || rows.sums == 0 || resamples.count == 0) return;
  const dim3 grid(static_cast<unsigned>(chunk_count(rows.rows())),
                  static_cast<unsigned>((resamples.count + kResamplesPerBlock - 1) / kResamplesPerBlock));
  launch(detail::code_bootstrap_kernel, grid, dim3(kLanes), 0, stream,
         detail::CodePass{rows, units, resamples, term_factor(exponent), totals});
}

}  // namespace bakeoff::kernels

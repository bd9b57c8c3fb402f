// Kernels that are wrong on purpose, and their right versions, to prove that the emulation tells them apart. A line
// that TSan must name is marked `race: <name>`; check_race.cmake looks for the marks.
#pragma once

#include "kernels/launch.h"

namespace bakeoff::emulation {

/// Which barrier has been left out.
enum class Removed { kNothing, kMiddle, kTrailing };

template <class T>
__device__ T warp_sum(T v) {
  for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(0xffffffffu, v, d);
  return v;
}

/// The sum over a block of up to 32 whole warps, valid in thread 0.
template <class T, Removed kRemoved>
__device__ T block_sum(T v) {
  BAKEOFF_STATIC_SHARED(partial, T[32]);
  const unsigned lane = threadIdx.x % 32;
  const unsigned warp = threadIdx.x / 32;
  v = warp_sum(v);
  if (lane == 0) partial[warp] = v;  // race: middle trailing
  if constexpr (kRemoved != Removed::kMiddle) __syncthreads();
  if (warp == 0) v = warp_sum(lane < blockDim.x / 32 ? partial[lane] : T(0));  // race: middle trailing
  if constexpr (kRemoved != Removed::kTrailing) __syncthreads();  // the next call writes `partial` again
  return v;
}

/// Two sums one after the other, so that the trailing barrier matters.
template <Removed kRemoved>
static __global__ void two_sums(const double* in, double* out) {
  const double v = in[blockIdx.x * blockDim.x + threadIdx.x];
  const double sum = block_sum<double, kRemoved>(v);
  const double squares = block_sum<double, kRemoved>(v * v);
  if (threadIdx.x != 0) return;
  out[2 * blockIdx.x] = sum;
  out[2 * blockIdx.x + 1] = squares;
}

/// Counts values 0 .. bins - 1 in dynamic shared memory. One block.
template <Removed kRemoved>
static __global__ void histogram(const unsigned* in, unsigned n, unsigned bins, unsigned* counts) {
  BAKEOFF_DYNAMIC_SHARED(unsigned, bin);
  for (unsigned i = threadIdx.x; i < bins; i += blockDim.x) bin[i] = 0;  // race: histogram
  if constexpr (kRemoved != Removed::kMiddle) __syncthreads();
  for (unsigned i = threadIdx.x; i < n; i += blockDim.x) atomicAdd(&bin[in[i]], 1u);
  __syncthreads();
  for (unsigned i = threadIdx.x; i < bins; i += blockDim.x) counts[i] = bin[i];
}

/// Each lane reads what the opposite lane wrote. A shuffle keeps lanes together but orders no memory.
static __global__ void exchange(int* out, bool sync) {
  BAKEOFF_STATIC_SHARED(buffer, int[32]);
  buffer[threadIdx.x] = static_cast<int>(threadIdx.x);  // race: shuffle
  if (sync) {
    __syncwarp();
  } else {
    __shfl_sync(0xffffffffu, 1, 0);
  }
  out[threadIdx.x] = buffer[31 - threadIdx.x];  // race: shuffle
}

/// Right: every thread has its own `local`, though threads that don't wait may get one stack after the other.
static __global__ void local_arrays(int* out) {
  int local[8] = {};
  for (unsigned i = 0; i < 16; ++i) atomicAdd(&local[(threadIdx.x + i) % 8], 1);  // its address escapes
  out[blockIdx.x * blockDim.x + threadIdx.x] = local[0];
}

/// All blocks add to one place: with a race between blocks, not within one.
static __global__ void block_total(const int* in, int* total, bool atomic) {
  if (threadIdx.x != 0) return;
  if (atomic) {
    atomicAdd(total, in[blockIdx.x]);
  } else {
    *total += in[blockIdx.x];  // race: blocks
  }
}

/// The last block to finish adds what all have written, which needs a fence on both sides of the ticket.
static __global__ void last_block_total(const double* in, double* partial, unsigned* ticket, double* out, bool fence) {
  BAKEOFF_STATIC_SHARED(last, bool);
  const double sum = block_sum<double, Removed::kNothing>(in[blockIdx.x * blockDim.x + threadIdx.x]);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sum;  // race: fence
    if (fence) __threadfence();
    last = atomicAdd(ticket, 1u) + 1 == gridDim.x;
  }
  __syncthreads();
  if (!last) return;
  if (fence) __threadfence();
  const double part = threadIdx.x < gridDim.x ? partial[threadIdx.x] : 0;  // race: fence
  const double total = block_sum<double, Removed::kNothing>(part);
  if (threadIdx.x == 0) *out = total;
}

// Faults that the emulation itself reports.

static __global__ void divergent_barrier(int* out) {
  if (threadIdx.x < 40) {
    __syncthreads();
    *out = 1;
  } else {
    __syncthreads();
  }
}

static __global__ void skipped_barrier(int* out) {
  if (threadIdx.x % 2 != 0) {
    __syncthreads();
  } else {
    *out = __shfl_sync(0xffffffffu, 1, 0);
  }
}

/// Half of a warp leaves while the rest waits in a vote that names another lane, which waits at the barrier.
static __global__ void exit_into_deadlock(int* out) {
  if (threadIdx.x < 16) return;
  if (threadIdx.x == 16) {
    __syncthreads();
  } else {
    *out = __any_sync(0xffff0000u, 1);
  }
}

static __global__ void early_exit(int* out) {
  if (threadIdx.x >= 40) return;
  __syncthreads();
  out[threadIdx.x] = 1;
}

static __global__ void mismatched_collectives(int* out) {
  if (threadIdx.x < 16) {
    out[threadIdx.x] = __shfl_down_sync(0xffffffffu, 1, 1);
  } else {
    __syncwarp();
  }
}

static __global__ void not_in_own_mask(int* out) { out[threadIdx.x] = __shfl_down_sync(0xffffu, 1, 1); }

static __global__ void partial_warp_shuffle(float* out) { out[threadIdx.x] = __shfl_down_sync(0xffffffffu, 1.f, 1); }

static __global__ void static_overflow(int* out, int by) {
  BAKEOFF_STATIC_SHARED(buffer, int[64]);
  int* const elements = buffer;  // past UBSan, which knows the size of `buffer`
  elements[static_cast<int>(threadIdx.x) + by] = 1;
  __syncthreads();
  out[threadIdx.x] = buffer[threadIdx.x];
}

static __global__ void dynamic_overflow(int* out, int by) {
  BAKEOFF_DYNAMIC_SHARED(int, buffer);
  buffer[static_cast<int>(threadIdx.x) + by] = 1;
  __syncthreads();
  out[threadIdx.x] = buffer[threadIdx.x];
}

static __global__ void global_overflow(int* out) { out[blockIdx.x * blockDim.x + threadIdx.x] = 1; }

static __global__ void half_initialised(float* out) {
  BAKEOFF_STATIC_SHARED(buffer, float[64]);
  if (threadIdx.x < 63) buffer[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = buffer[threadIdx.x];
}

/// Waits for a flag that nobody sets. The loop ends only because the emulation ends it.
static __global__ void waits_for_nobody(unsigned* flag) {
  while (atomicAdd(flag, 0u) == 0) __nanosleep(100);
}

static __global__ void traps(int* out) {
  *out = 1;
  __trap();
}

}  // namespace bakeoff::emulation

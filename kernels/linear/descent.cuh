// A block takes one problem. Every thread computes the step of the coordinate for itself, from the same numbers, and
// then updates its share of the residual: no sum is split, so the bits are those of descent_simd.cpp.
#pragma once
#include "kernels/launch.h"
#include "kernels/linear/descent.h"

namespace bakeoff::kernels {
namespace detail {

inline constexpr int kDescentThreads = 256;
inline constexpr int kDescentShared = 20000;  // doubles: 156 KB, where an A100 gives a block 163 KB

static __global__ void descent_kernel(const DescentProblem* problems, bool shared) {
  const DescentProblem p = problems[blockIdx.x];
  const int thread = static_cast<int>(threadIdx.x), threads = static_cast<int>(blockDim.x);
  double* residual = p.residual;
  if (shared) {
    BAKEOFF_DYNAMIC_SHARED(double, memory);
    residual = memory;
    for (int i = thread; i < p.order; i += threads) residual[i] = p.residual[i];
  }
  __syncthreads();
  int sweep = 1;
  double least = descent_least(p, 0.0);
  for (; sweep <= p.most_sweeps; ++sweep) {
    double gained = 0;
    for (int k = 0; k < p.order; ++k) {
      const double* const row = p.gram + k * p.stride;
      const double l1 = k < p.free ? 0.0 : p.l1, l2 = k < p.free ? 0.0 : p.l2;
      const double target = descent_target(p.x[k], residual[k], row[k], l1, l2), step = target - p.x[k];
      const double gain = (row[k] + l2) * (step * step);
      gained += gain;
      if (descent_stays(step, target, gain, least)) continue;  // for all threads alike
      const double to = descent_goal(p.x[k], target, step, sweep), move = to - p.x[k];
      __syncthreads();  // all have read x[k] and residual[k]
      for (int i = thread; i < p.order; i += threads) residual[i] -= move * row[i];
      if (thread == 0) p.x[k] = to;
      __syncthreads();
    }
    if (gained <= p.tolerance) break;
    least = descent_least(p, gained);
  }
  for (int i = thread; shared && i < p.order; i += threads) p.residual[i] = residual[i];
  if (thread == 0) *p.sweeps = sweep;
}

}  // namespace detail

void descend(Stream stream, const DescentProblem* problems, int count, int largest_order) {
  if (count == 0) return;
  const bool shared = largest_order <= detail::kDescentShared;
  launch(detail::descent_kernel, dim3(static_cast<unsigned>(count)), dim3(detail::kDescentThreads),
         shared ? static_cast<std::size_t>(largest_order) * sizeof(double) : 0, stream, problems, shared);
}

}  // namespace bakeoff::kernels

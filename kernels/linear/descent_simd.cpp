#include "kernels/linear/descent_simd.h"

#include <cstring>

#include "kernels/linear/lanes.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

BAKEOFF_INLINE Doubles load_any(const double* p) {
  Doubles v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

}  // namespace

void subtract_scaled(double factor, const double* from, Index count, double* to) {
  const Doubles all = broadcast(factor);
  Index i = 0;
  for (; i + 2 * kDoubles <= count; i += 2 * kDoubles) {
    const Doubles a = load_any(to + i) - all * load_any(from + i);
    const Doubles b = load_any(to + i + kDoubles) - all * load_any(from + i + kDoubles);
    std::memcpy(to + i, &a, sizeof a);
    std::memcpy(to + i + kDoubles, &b, sizeof b);
  }
  for (; i < count; ++i) to[i] -= factor * from[i];
}

double dot(const double* a, const double* b, Index count) {
  constexpr int kLanes = 16, kVectors = kLanes / kDoubles;  // the same sums with every instruction set
  Doubles sum[kVectors] = {};
  Index i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) sum[v] += load_any(a + i + v * kDoubles) * load_any(b + i + v * kDoubles);
  }
  double lanes[kLanes];
  std::memcpy(lanes, sum, sizeof lanes);
  for (; i < count; ++i) lanes[i % kLanes] += a[i] * b[i];
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  return lanes[0];
}

void descend(const DescentProblem& p) {
  double least = descent_least(p, 0.0);
  for (int sweep = 1; sweep <= p.most_sweeps; ++sweep) {
    double gained = 0;
    for (int k = 0; k < p.order; ++k) {
      const double* row = p.gram + k * p.stride;
      const double l1 = k < p.free ? 0.0 : p.l1, l2 = k < p.free ? 0.0 : p.l2;
      const double target = descent_target(p.x[k], p.residual[k], row[k], l1, l2), step = target - p.x[k];
      const double gain = (row[k] + l2) * (step * step);
      gained += gain;
      if (descent_stays(step, target, gain, least)) continue;
      const double to = descent_goal(p.x[k], target, step, sweep), move = to - p.x[k];
      p.x[k] = to;
      subtract_scaled(move, row, p.order, p.residual);
    }
    if (gained <= p.tolerance) {
      *p.sweeps = sweep;
      return;
    }
    least = descent_least(p, gained);
  }
  *p.sweeps = p.most_sweeps + 1;
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

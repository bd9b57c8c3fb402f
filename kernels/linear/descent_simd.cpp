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

void descend(const DescentProblem& p) {
  for (int sweep = 1; sweep <= p.most_sweeps; ++sweep) {
    double gained = 0;
    for (int k = 0; k < p.order; ++k) {
      const double* row = p.gram + k * p.stride;
      const double l1 = k < p.free ? 0.0 : p.l1, l2 = k < p.free ? 0.0 : p.l2;
      const double target = descent_target(p.x[k], p.residual[k], row[k], l1, l2), step = target - p.x[k];
      if (step == 0) continue;
      p.x[k] = target;
      gained += (row[k] + l2) * (step * step);
      subtract_scaled(step, row, p.order, p.residual);
    }
    if (gained <= p.tolerance) {
      *p.sweeps = sweep;
      return;
    }
  }
  *p.sweeps = p.most_sweeps + 1;
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

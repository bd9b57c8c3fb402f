// Coordinate descent on quadratic functions with an elastic-net penalty: what penalty paths and proximal Newton steps
// repeat.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/isa.h"
#include "kernels/launch.h"

namespace bakeoff::kernels {

// Of 1/2 x'Gx - c'x + sum over penalised x of (l1 |x| + l2/2 x^2): a sweep moves each coordinate in turn to where the
// function is least along it, unless that gains less than its share of the tolerance (descent_least). `residual` is
// c - Gx, before and after.
struct DescentProblem {
  const double* gram = nullptr;  // G, order rows of `stride`, symmetric
  Index stride = 0;
  int order = 0;
  int free = 0;  // the first so many coordinates are not penalised
  double l1 = 0, l2 = 0;
  double tolerance = 0;  // stops after a sweep whose sum of gains, (G_kk + l2) * step^2, is at most that
  int most_sweeps = 0;
  double* x = nullptr;
  double* residual = nullptr;
  int* sweeps = nullptr;  // out: done; most_sweeps + 1 if those were not enough
};

// The least along one coordinate: soft thresholding, without a branch on what is as good as random. Where nothing bends
// the function the answer is 0.
BAKEOFF_HD BAKEOFF_INLINE double descent_target(double x, double residual, double curvature, double l1, double l2) {
  const double pull = residual + curvature * x, whole = curvature + l2, above = pull - l1, below = pull + l1;
  if (!(whole > 0)) return 0.0;
  return ((above > 0 ? above : 0.0) + (below < 0 ? below : 0.0)) / whole;
}

// Measured on paths of 500 columns, neighbours correlated by .5, from warm starts: 570 moves a fit if all move to their
// targets, 380 with the rules below.

// Gains that are not worth a move, other than to an exact 0, after a sweep that gained so much: the others come first.
// Together they stay below the tolerance in the end. Without a tolerance all move.
BAKEOFF_HD BAKEOFF_INLINE double descent_least(const DescentProblem& p, double gained) {
  if (!(p.tolerance > 0)) return 0.0;
  const double last = 0.5 * p.tolerance, now = 0.3 * gained;
  return (now > last ? now : last) / p.order;
}
BAKEOFF_HD BAKEOFF_INLINE bool descent_stays(double step, double target, double gain, double least) {
  return step == 0 || (gain <= least && target != 0);
}
// Where two sweeps are not enough columns are correlated, and moves go a fifth further (over-relaxation), which costs
// 1/25 of what they gain; not through 0.
BAKEOFF_HD BAKEOFF_INLINE double descent_goal(double x, double target, double step, int sweep) {
  const double further = x + 1.2 * step;
  return sweep > 2 && target * further > 0 ? further : target;
}

// One thread a problem. Without fused multiplications: the same bits with every instruction set and on a GPU.
void descend(const Workers& workers, const DescentProblem* problems, int count, Isa isa = best_isa());

// One block a problem; `problems` and all that they point to are the device's. Beyond 20,000 coordinates (an A100's
// shared memory) the residual stays in global memory.
void descend(Stream stream, const DescentProblem* problems, int count, int largest_order);

}  // namespace bakeoff::kernels

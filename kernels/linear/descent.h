// Coordinate descent on quadratic functions with an elastic-net penalty: what penalty paths and proximal Newton steps
// repeat.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/isa.h"
#include "kernels/launch.h"

namespace bakeoff::kernels {

// Of 1/2 x'Gx - c'x + sum over penalised x of (l1 |x| + l2/2 x^2): a sweep moves each coordinate in turn to where the
// function is least along it. `residual` is c - Gx, before and after.
struct DescentProblem {
  const double* gram = nullptr;  // G, order rows of `stride`, symmetric
  Index stride = 0;
  int order = 0;
  int free = 0;  // the first so many coordinates are not penalised
  double l1 = 0, l2 = 0;
  double tolerance = 0;  // stops after a sweep whose sum of (G_kk + l2) * step^2 is at most that
  int most_sweeps = 0;
  double* x = nullptr;
  double* residual = nullptr;
  int* sweeps = nullptr;  // out: done; most_sweeps + 1 if those were not enough
};

// The least along one coordinate: soft thresholding. Where nothing bends the function the answer is 0.
BAKEOFF_HD BAKEOFF_INLINE double descent_target(double x, double residual, double curvature, double l1, double l2) {
  const double pull = residual + curvature * x, whole = curvature + l2;
  if (!(whole > 0)) return 0.0;
  if (pull > l1) return (pull - l1) / whole;
  if (pull < -l1) return (pull + l1) / whole;
  return 0.0;
}

// One thread a problem. Without fused multiplications: the same bits with every instruction set and on a GPU.
void descend(const Workers& workers, const DescentProblem* problems, int count, Isa isa = best_isa());

// One block a problem; `problems` and all that they point to are the device's. Beyond 20,000 coordinates (an A100's
// shared memory) the residual stays in global memory.
void descend(Stream stream, const DescentProblem* problems, int count, int largest_order);

}  // namespace bakeoff::kernels

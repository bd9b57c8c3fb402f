// What the families with a smooth loss have in common: one batched L-BFGS over kernels/linear/loss_pass.h. All fits
// share each pass over the rows; each has its own steps and stops for itself.
//
// The shared Gram's eigenvectors as coordinates and its eigenvalues as the curvature make most fits a matter of 4 to 7
// steps. Measured (AMD EPYC with AVX-512, 2 cores shared with others; bench/peers/logistic.py): logistic, 30 penalties
// x 5 folds and all rows, 50,000 x 200 float32, 180 fits in 0.82 to 0.88 s of CPU time at a gap of at most 6e-10; the
// pass is at about 67 GF/s a core, all else included, where OpenBLAS's sgemm is at 89 (2048 x 192 x 208) to 96
// (2048^3). With passes so few, neither a warm start along the penalties nor Newton's own Hessian has much left to win.
#pragma once
#include <string>
#include <vector>

#include "core/execution.h"
#include "kernels/linear/losses.h"
#include "train/families/catalog.h"
#include "train/spectrum.h"

namespace bakeoff {

// Where a fit begins: a constant logit.
struct SmoothStart {
  double centre = 0;
  double kappa = 1;  // curvature of the loss there, for a weight of 1
  // Value of the loss, and its gradient as a multiple of the spectrum's product, where no pass over the rows is needed
  // to know them; NaN: it is.
  double value = kNaN, product = kNaN;
};

struct SmoothLoss {
  kernels::Loss kind = kernels::Loss::logistic;
  double penalty = 1;       // the objective has penalty * l2/2 ||w||^2
  double most_kappa = 1e8;  // a bound of the loss's curvature, where there is one
  // Why rows with these labels have no optimum; empty: they have.
  std::string (*why_hopeless)(const Spectrum&, double mean_of_all_rows) = nullptr;
  SmoothStart (*start)(const Spectrum&) = nullptr;
  double unit = 1;      // the objective that is told is this many of the search's
  bool tilted = false;  // a fit's shape is a quantile
};

// Half the squared error: where no Gram solves it at once.
SmoothLoss squared_loss();

// What the pass counts logits from: float32 has its digits near there.
double logits_centre(kernels::Loss kind, double label_mean);

std::vector<LinearSolution> solve_smooth(const Execution& execution, const LinearProblem& problem,
                                         const SmoothLoss& loss, const TrainProgress& progress);

}  // namespace bakeoff

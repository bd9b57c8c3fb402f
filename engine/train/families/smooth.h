// What the families with a smooth loss have in common: one batched L-BFGS over kernels/linear/loss_pass.h. All fits
// share each pass over the rows; each has its own steps and stops for itself.
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
};

std::vector<LinearSolution> solve_smooth(const Execution& execution, const LinearProblem& problem,
                                         const SmoothLoss& loss, const TrainProgress& progress);

}  // namespace bakeoff

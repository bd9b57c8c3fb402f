#include "train/families/logistic.h"

#include <cmath>

#include "core/error.h"
#include "kernels/linear/loss_pass.h"
#include "train/families/smooth_l1.h"

namespace bakeoff {
namespace {

std::string why_hopeless(const Spectrum& s, double) {
  // The mean of 0/1 labels is rounded; a class of one row in 1e12 would still be seen.
  if (s.label_mean < 1e-12 || s.label_mean > 1 - 1e-12)
    return std::string("the training rows have one class only: label ") + (s.label_mean > 0.5 ? "1" : "0");
  return {};
}

// Constant log-odds: the gradient is the sum of (p - y)(x - mean).
SmoothStart start(const Spectrum& s) {
  const double p = s.label_mean;
  return {std::log(p / (1 - p)), p * (1 - p), -s.weight * (p * std::log(p) + (1 - p) * std::log1p(-p)), -1};
}

// The derivatives 2(z - 1) where y = 1 and 2(z + 1) where y = 0 are 4(p - y) at the best constant, 2p - 1.
SmoothStart start_squared_hinge(const Spectrum& s) {
  const double p = s.label_mean;
  return {2 * p - 1, 2, 4 * s.weight * p * (1 - p), -4};
}

}  // namespace

std::vector<LinearSolution> train_logistic(const Execution& execution, const LinearProblem& problem,
                                           const TrainProgress& progress) {
  return solve_elastic(execution, problem, {kernels::Loss::logistic, 1, 0.25, why_hopeless, start}, progress);
}

std::vector<LinearSolution> train_softmax(const Execution& execution, const LinearProblem& problem,
                                          const TrainProgress& progress) {
  if (problem.classes > kernels::kMostClasses)
    throw SpecError("logistic: expected at most " + std::to_string(kernels::kMostClasses) + " classes, got " +
                    std::to_string(problem.classes) + "; merge rare ones");
  return solve_elastic(execution, problem, {kernels::Loss::softmax}, progress);
}

std::vector<LinearSolution> train_linear_svm(const Execution& execution, const LinearProblem& problem,
                                             const TrainProgress& progress) {
  return solve_elastic(execution, problem, {kernels::Loss::squared_hinge, 1, 2, why_hopeless, start_squared_hinge},
                       progress);
}

}  // namespace bakeoff

#include "train/families/glm.h"

#include <cmath>

#include "train/families/smooth_l1.h"

namespace bakeoff {
namespace {

// The mean of zeros is rounded, too.
std::string why_hopeless(const Spectrum& s, double mean_of_all_rows) {
  return s.label_mean > 1e-12 * mean_of_all_rows
             ? ""
             : "all labels of the training rows are 0: the best mean is 0, which no intercept reaches";
}

}  // namespace

std::vector<LinearSolution> train_poisson(const Execution& execution, const LinearProblem& problem,
                                          const TrainProgress& progress) {
  const auto start = [](const Spectrum& s) { return SmoothStart{std::log(s.label_mean), s.label_mean}; };
  return solve_elastic(execution, problem, {kernels::Loss::poisson, 1, 1e300, why_hopeless, start}, progress);
}

std::vector<LinearSolution> train_gamma(const Execution& execution, const LinearProblem& problem,
                                        const TrainProgress& progress) {
  const auto start = [](const Spectrum& s) { return SmoothStart{std::log(s.label_mean), 1}; };
  return solve_elastic(execution, problem, {kernels::Loss::gamma, 1, 1e300, nullptr, start}, progress);
}

std::vector<LinearSolution> train_huber(const Execution& execution, const LinearProblem& problem,
                                        const TrainProgress& progress) {
  const auto start = [](const Spectrum& s) { return SmoothStart{s.label_mean, 2}; };
  return solve_elastic(execution, problem, {kernels::Loss::huber, 2, 1e300, nullptr, start}, progress);
}

// Twice the pinball loss is |y - z| + (2q - 1)(y - z), and so a tube of no width with a tilt.
std::vector<LinearSolution> train_quantile(const Execution& execution, const LinearProblem& problem,
                                           const TrainProgress& progress) {
  const auto start = [](const Spectrum& s) { return SmoothStart{s.label_mean, 1}; };
  return solve_elastic(execution, problem, {kernels::Loss::tube, 2, 1e300, nullptr, start, 0.5, true}, progress);
}

std::vector<LinearSolution> train_linear_svr(const Execution& execution, const LinearProblem& problem,
                                             const TrainProgress& progress) {
  const auto start = [](const Spectrum& s) { return SmoothStart{s.label_mean, 1}; };
  return solve_elastic(execution, problem, {kernels::Loss::tube, 1, 1e300, nullptr, start}, progress);
}

std::vector<LinearSolution> train_linear_svr_squared(const Execution& execution, const LinearProblem& problem,
                                                     const TrainProgress& progress) {
  const auto start = [](const Spectrum& s) { return SmoothStart{s.label_mean, 2}; };
  return solve_elastic(execution, problem, {kernels::Loss::squared_tube, 1, 2, nullptr, start}, progress);
}

}  // namespace bakeoff

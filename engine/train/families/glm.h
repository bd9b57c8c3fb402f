// The smooth families of regression; b is unpenalised. With an l1_ratio above 0 the penalty l2/2 ||w||^2 becomes
// l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1), and huber's, which is twice that, 2 l2 (...): see smooth_l1.h.
//   poisson: sum of weight * half the Poisson deviance of (y, e^z) + l2/2 ||w||^2; scikit-learn's
//   PoissonRegressor(alpha=l2 / sum of weights). Labels of at least 0.
//   gamma: the same with the gamma deviance; GammaRegressor(alpha=l2 / sum of weights). Labels above 0.
//   huber: sum of weight * (s + s H(r / s)) + l2 ||w||^2 over w, b and the scale s > 0, with H(t) = t^2 where
//   |t| <= epsilon, else epsilon (2 |t| - epsilon); scikit-learn's HuberRegressor(epsilon, alpha=l2), s included.
//   quantile: sum of weight * pinball loss, q (y - z) where z < y, else (1 - q)(z - y), + l2/2 ||w||^2; with an
//   l1_ratio of 1 scikit-learn's QuantileRegressor(q, alpha=l2 / sum of weights).
//   linear_svr: sum of weight * max(0, |y - z| - epsilon) + l2/2 ||w||^2; scikit-learn's LinearSVR(C=1/l2, epsilon),
//   and linear_svr_squared, its loss squared, LinearSVR's squared_epsilon_insensitive: their solver penalises b as one
//   more coefficient (intercept_scaling) and so comes near this optimum, not to it.
// Losses with corners are solved with their corners rounded, ever less (kernels/linear/losses.h), until that costs less
// than 1e-6 of the objective, by its dual's bound.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/families/catalog.h"

namespace bakeoff {

std::vector<LinearSolution> train_poisson(const Execution& execution, const LinearProblem& problem,
                                          const TrainProgress& progress = {});
std::vector<LinearSolution> train_gamma(const Execution& execution, const LinearProblem& problem,
                                        const TrainProgress& progress = {});
std::vector<LinearSolution> train_huber(const Execution& execution, const LinearProblem& problem,
                                        const TrainProgress& progress = {});
std::vector<LinearSolution> train_quantile(const Execution& execution, const LinearProblem& problem,
                                           const TrainProgress& progress = {});
std::vector<LinearSolution> train_linear_svr(const Execution& execution, const LinearProblem& problem,
                                             const TrainProgress& progress = {});
std::vector<LinearSolution> train_linear_svr_squared(const Execution& execution, const LinearProblem& problem,
                                                     const TrainProgress& progress = {});

}  // namespace bakeoff

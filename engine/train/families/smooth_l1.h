// Smooth losses with an l1 part: loss + penalty * l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1), `penalty` the
// loss's own factor, b unpenalised. Exact zeros stay exact. Of logistic this is scikit-learn's
// LogisticRegression(C=1/l2, l1_ratio).
#pragma once
#include <vector>

#include "train/families/smooth.h"

namespace bakeoff {

// For fits with l1_ratio > 0. One solution a fit, in their order; all share each pass over the rows, and a fit's answer
// does not depend on the others.
std::vector<LinearSolution> solve_smooth_l1(const Execution& execution, const LinearProblem& problem,
                                            const SmoothLoss& loss, const TrainProgress& progress);

// Fits with an l1 part by that, or of sparse rows too wide for a Gram by working_sets.h; those without by
// solve_smooth().
std::vector<LinearSolution> solve_elastic(const Execution& execution, const LinearProblem& problem,
                                          const SmoothLoss& loss, const TrainProgress& progress);

}  // namespace bakeoff

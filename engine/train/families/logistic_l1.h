// logistic with an l1 part: sum of weight * log-loss + l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1), b unpenalised;
// scikit-learn's LogisticRegression(C=1/l2, l1_ratio). Exact zeros stay exact.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/families/catalog.h"

namespace bakeoff {

// For fits with l1_ratio > 0. One solution a fit, in their order; all share each pass over the rows, and a fit's answer
// does not depend on the others.
std::vector<LinearSolution> solve_logistic_l1(const Execution& execution, const LinearProblem& problem,
                                              const TrainProgress& progress);

}  // namespace bakeoff

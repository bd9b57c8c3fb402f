// logistic: sum of weight * log-loss + l2/2 ||w||^2, b unpenalised; scikit-learn's LogisticRegression(C=1/l2). Labels
// are 0 and 1. All fits share each pass over the rows; each has its own steps and stops for itself. With an l1_ratio
// above 0 the penalty is l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1): see logistic_l1.h.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/families/catalog.h"

namespace bakeoff {

std::vector<LinearSolution> train_logistic(const Execution& execution, const LinearProblem& problem,
                                           const TrainProgress& progress = {});

}  // namespace bakeoff

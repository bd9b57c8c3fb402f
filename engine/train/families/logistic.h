// logistic: sum of weight * log-loss + l2/2 ||w||^2, b unpenalised; scikit-learn's LogisticRegression(C=1/l2). Labels
// are 0 and 1. All fits share each pass over the rows; each has its own steps and stops for itself.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/families/catalog.h"

namespace bakeoff {

std::vector<LinearSolution> train_logistic(const Execution& execution, const LinearProblem& problem,
                                           const TrainProgress& progress = {});

}  // namespace bakeoff

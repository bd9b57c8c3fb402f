// ridge: ||y - Xw - b||^2 + l2 ||w||^2, b unpenalised; scikit-learn's Ridge(alpha=l2). In closed form from the Grams.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/families/catalog.h"

namespace bakeoff {

// One solution a fit, in their order.
std::vector<LinearSolution> train_ridge(const Execution& execution, const LinearProblem& problem,
                                        const TrainProgress& progress = {});

// The same and, from the same Grams, what each fit whose set leaves a fold out does on that fold: without another pass.
struct HeldOutSquares {
  double weight = 0, sum = kNaN;  // of the fold's rows; sum of weight * (label - prediction)^2
  double variation = kNaN;        // sum of weight * (label - mean label of the fold)^2
};
std::vector<LinearSolution> train_ridge_held_out(const Execution& execution, const LinearProblem& problem,
                                                 std::vector<HeldOutSquares>& held_out);

}  // namespace bakeoff

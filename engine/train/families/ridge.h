// ridge: ||y - Xw - b||^2 + l2 ||w||^2, b unpenalised; scikit-learn's Ridge(alpha=l2). In closed form from the Grams.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/centred_gram.h"
#include "train/families/catalog.h"

namespace bakeoff {

// One solution a fit, in their order.
std::vector<LinearSolution> train_ridge(const Execution& execution, const LinearProblem& problem,
                                        const TrainProgress& progress = {});

// The same and, from the same Grams, what each fit whose set leaves a fold out does on that fold.
std::vector<LinearSolution> train_ridge_held_out(const Execution& execution, const LinearProblem& problem,
                                                 std::vector<HeldOutSquares>& held_out);

// `fits` of one training set.
void solve_ridge(CentredGram gram, const LinearProblem& problem, const LinearMap& map, const std::vector<int>& fits,
                 std::vector<LinearSolution>& solutions);

}  // namespace bakeoff

// elastic_net: 1/2 ||y - Xw - b||^2 + l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1), b unpenalised. With rows (or
// the sum of their weights) n it is scikit-learn's ElasticNet(alpha=l2/n, l1_ratio), whose objective is divided by n;
// with l1_ratio = 0 its minimiser is that of ridge(l2), with l1_ratio = 1 it is the lasso.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/families/catalog.h"

namespace bakeoff {

// One solution a fit, in their order. From the Grams: the rows are read once. Fits of one training set and l1_ratio are
// a path of penalties, whatever order they come in; each is proved to be within 1e-8 of its optimum, so that it does
// not matter to a fit beyond that which others there are.
std::vector<LinearSolution> train_elastic_net(const Execution& execution, const LinearProblem& problem,
                                              const TrainProgress& progress = {});

std::vector<LinearSolution> train_elastic_net_held_out(const Execution& execution, const LinearProblem& problem,
                                                       std::vector<HeldOutSquares>& held_out);

}  // namespace bakeoff

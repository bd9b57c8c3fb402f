// The families of classes; labels are 0 and 1, b is unpenalised.
//   logistic: sum of weight * log-loss + l2/2 ||w||^2; scikit-learn's LogisticRegression(C=1/l2). With an l1_ratio
//   above 0 the penalty is l2 ((1 - l1_ratio)/2 ||w||^2 + l1_ratio ||w||_1): see smooth_l1.h.
//   linear_svm: sum of weight * max(0, 1 - s z)^2 + l2/2 ||w||^2, s = -1 or 1; scikit-learn's LinearSVC(C=1/l2), whose
//   solver penalises b as one more coefficient (intercept_scaling) and so comes near this optimum, not to it. The score
//   is 1/(1 + e^-z): its order and its decision at 0.5 are LinearSVC's, but it is not a calibrated probability.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/families/catalog.h"

namespace bakeoff {

std::vector<LinearSolution> train_logistic(const Execution& execution, const LinearProblem& problem,
                                           const TrainProgress& progress = {});
// More than two classes: sum of weight * (log(sum of e^z) - z of the label's class) + l2/2 ||W||^2 with a column of W
// and an intercept a class; scikit-learn's LogisticRegression(C=1/l2, l1_ratio). Labels are 0 ... problem.classes - 1.
// Solutions stand class by class, their intercepts' mean 0.
std::vector<LinearSolution> train_softmax(const Execution& execution, const LinearProblem& problem,
                                          const TrainProgress& progress = {});
std::vector<LinearSolution> train_linear_svm(const Execution& execution, const LinearProblem& problem,
                                             const TrainProgress& progress = {});

}  // namespace bakeoff

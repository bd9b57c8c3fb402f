// Fits with an l1 penalty of sparse rows too wide for a Gram: few of the columns matter.
#pragma once
#include <vector>

#include "train/families/smooth.h"

namespace bakeoff {

// Penalties go from large to small. A stage of them is solved by solve_smooth_l1() on the columns that matter so far,
// then one pass over all columns says which others break their optimality condition, and these are added until none
// does. SpecError for losses whose slope a pass can't say: huber (its scale is the fit's own) and those with corners.
std::vector<LinearSolution> solve_by_working_sets(const Execution& execution, const LinearProblem& problem,
                                                  const SmoothLoss& loss, const TrainProgress& progress);

}  // namespace bakeoff

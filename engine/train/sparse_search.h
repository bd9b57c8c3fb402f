// L-BFGS of many sparse fits side by side: one pass over the rows a step for all of them. Internal to sparse_fit.cpp.
#pragma once
#include <vector>

#include "core/execution.h"
#include "train/families/catalog.h"
#include "train/sparse_statistics.h"

namespace bakeoff {

// One solution a fit (theta stays empty: beta is of the columns themselves, the intercept last).
std::vector<LinearSolution> solve_sparse(const Execution& execution, const kernels::SparseRowsView& rows,
                                         kernels::SparseLoss loss, const std::vector<SparseSet>& sets,
                                         const std::vector<LinearFit>& fits, const TrainProgress& progress);

}  // namespace bakeoff

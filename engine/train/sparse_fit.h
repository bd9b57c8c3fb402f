// Training on sparse rows (CSR), cross-validated: bakeoff.fit of a scipy.sparse matrix. Nothing is made dense.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "kernels/linear/sparse_pass.h"
#include "train/array_fit.h"

namespace bakeoff {

struct SparseInput {
  kernels::SparseRowsView rows;  // with labels; weights and fold ids in [0, fold_count) if there are any
  int fold_count = 0;
};

// As fit_arrays(), for ridge and logistic without an l1 part. Candidates and folds share each pass over the rows;
// smaller penalties start from the solutions of larger ones, in waves whose states together stay below some 400 MB.
// SpecError: another family, parameters. DataError: as fit_arrays().
ArrayFit fit_sparse(const Execution& execution, const SparseInput& input, const std::string& family,
                    const std::vector<std::map<std::string, double>>& candidates, const HeldOutMetric* metric,
                    const TrainProgress& progress = {});

// M x N: each row scored by the models that did not see its fold.
std::vector<double> out_of_fold_sparse(const Execution& execution, const ArrayFit& fit, const SparseInput& input);

}  // namespace bakeoff

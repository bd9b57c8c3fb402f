// Sums over sparse rows by fold: means and curvatures of the columns of every training set. Internal to sparse_fit.cpp.
#pragma once
#include <vector>

#include "train/sparse_fit.h"

namespace bakeoff {

// Of the rows that a training set learns from.
struct SparseSet {
  int left_out = -1;
  double weight = 0, label_mean = 0;
  std::vector<double> mean, curvature;  // of the columns: weighted mean; sum of weight * (x - mean)^2
};

// All rows, then all but fold 0, 1, ... DataError names a value that is not finite, a label or weight that can't be.
std::vector<SparseSet> sparse_sets(const Execution& execution, const SparseInput& input, const Family& family);

}  // namespace bakeoff

// What held-out folds of more than two classes are scored by, until the metrics' own catalog has them.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/types.h"

namespace bakeoff {

// Share of the weight whose largest probability is the label's; the first of equals counts. NaN without weight.
inline double multiclass_accuracy(const double* scores, const double* labels, const double* weights, Index rows,
                                  int classes) {
  double right = 0, all = 0;
  for (Index i = 0; i < rows; ++i) {
    const double *row = scores + i * classes, weight = weights ? weights[i] : 1.0;
    all += weight;
    if (std::max_element(row, row + classes) - row == static_cast<Index>(labels[i])) right += weight;
  }
  return all > 0 ? right / all : std::numeric_limits<double>::quiet_NaN();
}

// Mean of -log of the label's probability, which is at least 2^-52 like scikit-learn's. NaN without weight.
inline double multiclass_log_loss(const double* scores, const double* labels, const double* weights, Index rows,
                                  int classes) {
  double sum = 0, all = 0;
  for (Index i = 0; i < rows; ++i) {
    const double weight = weights ? weights[i] : 1.0;
    all += weight;
    const double p = scores[i * classes + static_cast<Index>(labels[i])];
    sum -= weight * std::log(std::isnan(p) ? p : std::max(p, std::numeric_limits<double>::epsilon()));
  }
  return all > 0 ? sum / all : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace bakeoff

// What fits that come from Grams do on the fold that they left out: from its Gram, without another pass over the rows.
#pragma once
#include <vector>

#include "train/gram_set.h"

namespace bakeoff {

struct HeldOutSquares {
  double weight = 0, sum = kNaN;  // of the fold's rows; sum of weight * (label - prediction)^2
  double variation = kNaN;        // sum of weight * (label - mean label of the fold)^2
};

// For `fits`, all of one training set, by their theta: out[fit]. Nothing for those without a theta.
void square_residuals(const Gram& fold, double label_shift, const std::vector<int>& fits,
                      const std::vector<LinearSolution>& solutions, std::vector<HeldOutSquares>& out);

}  // namespace bakeoff

// From a linear model's logit to its score.
#pragma once
#include <algorithm>
#include <cmath>

#include "kernels/math.h"
#include "train/model.h"

namespace bakeoff {

inline double linked(double logit, LinearModel::Link link) {
  if (link == LinearModel::Link::identity) return logit;
  if (link == LinearModel::Link::log) return kernels::math::exp(logit);
  const double e = kernels::math::exp(-std::abs(logit));
  return (logit < 0 ? e : 1.0) / (1.0 + e);
}

// Logits become probabilities.
inline void softmax(double* z, int outputs) {
  const double most = *std::max_element(z, z + outputs);
  double sum = 0;
  for (int k = 0; k < outputs; ++k) sum += z[k] = kernels::math::exp(z[k] - most);
  for (int k = 0; k < outputs; ++k) z[k] /= sum;
}

}  // namespace bakeoff

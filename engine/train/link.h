// From a linear model's logit to its score.
#pragma once
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

}  // namespace bakeoff

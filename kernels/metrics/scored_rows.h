// The input of the pointwise kernels.
#pragma once
#include "kernels/metrics/terms.h"
#include "kernels/order.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

// M candidates scored N rows. T is float or double; scores are finite, and probabilities where a term needs them.
template <class T>
struct ScoredRows {
  TensorView<const T, 2> scores;          // M x N, any strides; fastest where rows lie side by side
  TensorView<const double, 1> labels;     // N, side by side; binary: 0 or 1
  TensorView<const double, 1> weights{};  // N, side by side, finite, not negative; without data: all 1

  BAKEOFF_HD Index candidates() const { return scores.extent(0); }
  BAKEOFF_HD Index rows() const { return scores.extent(1); }
};

}  // namespace bakeoff::kernels

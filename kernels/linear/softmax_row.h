// softmax of one row under the models of a unit, by vectors. For the *_simd.cpp files of the passes alone.
#pragma once
#include "kernels/linear/lanes.h"
#include "kernels/linear/loss_pass.h"

namespace bakeoff::kernels::BAKEOFF_ISA {

static_assert(kMostClasses % kPanel == 0);

// z, aligned: the row's logits side by side, [models x classes] and a surplus up to whole panels, become derivatives.
// losses: one a model. A model whose left_out is `fold` does not see the row; left_out null: all do.
BAKEOFF_INLINE void softmax_row(float* z, const ClassLayout& layout, int label, float weight,
                                const std::int32_t* left_out, std::int32_t fold, float* losses) {
  const int classes = layout.classes, width = layout.panels() * kPanel, used = layout.models() * classes;
  float below[kPanel];
  for (int m = 0; m < layout.models(); ++m) below[m] = softmax_begin(z + m * classes, classes, label);
  for (int i = used; i < width; ++i) z[i] = 0.0f;
  for (int i = 0; i < width; i += kFloats) {
    Floats* const at = reinterpret_cast<Floats*>(z + i);
    *at = exponential<VectorOps>(*at);
  }
  for (int m = 0; m < layout.models(); ++m)
    losses[m] =
        softmax_end(z + m * classes, classes, label, below[m], weight, !left_out || left_out[m * classes] != fold);
  for (int i = used; i < width; ++i) z[i] = 0.0f;
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

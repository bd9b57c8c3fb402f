// The share of single labels that are wrong (scikit-learn's hamming_loss).
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kHammingLoss{
    .name = "hamming_loss",
    .task = ClassTask::both,
    .direction = Direction::minimize,
    .formula = [](const ClassSums& s, double) -> MetricValue {
      if (!s.multilabel) return {1 - s.exact / s.weight};
      double wrong = 0;
      for (int c = 0; c < s.classes; ++c) wrong += s.predicted[c] + s.actual[c] - 2 * s.hit[c];
      return {wrong / (s.weight * s.classes)};
    },
};

}  // namespace bakeoff::kernels

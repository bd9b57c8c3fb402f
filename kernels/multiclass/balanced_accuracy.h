// The mean of the recalls of the classes that have rows (scikit-learn's balanced_accuracy_score, not adjusted).
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kClassBalancedAccuracy{
    .name = "balanced_accuracy",
    .task = ClassTask::multiclass,
    .direction = Direction::maximize,
    .formula = [](const ClassSums& s, double) -> MetricValue {
      double sum = 0;
      int classes = 0;
      for (int c = 0; c < s.classes; ++c)
        if (s.actual[c] > 0) {
          sum += s.hit[c] / s.actual[c];
          ++classes;
        }
      return {sum / classes};
    },
};

}  // namespace bakeoff::kernels

// Cohen's kappa: (observed - expected) / (1 - expected) agreement of labels and predictions, expected = sum p a / W^2.
// One class alone on both sides: 0/0. scikit-learn's cohen_kappa_score without weights.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kClassKappa{
    .name = "kappa",
    .task = ClassTask::multiclass,
    .direction = Direction::maximize,
    .formula = [](const ClassSums& s, double undefined) -> MetricValue {
      double together = 0;
      for (int c = 0; c < s.classes; ++c) together += s.predicted[c] * s.actual[c];
      const double all = s.weight * s.weight;
      if (!(all - together > 0)) return {undefined, Reason::zero_division};
      return {(s.exact * s.weight - together) / (all - together)};
    },
};

}  // namespace bakeoff::kernels

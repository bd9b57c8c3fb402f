// Matthews' correlation of many classes (Gorodkin: Comparing two K-category assignments by a K-category correlation
// coefficient; 2004), with W all rows: (W hits - sum p a) / sqrt((W^2 - sum p^2)(W^2 - sum a^2)). One class alone on
// either side: 0/0. scikit-learn's matthews_corrcoef.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kClassMcc{
    .name = "mcc",
    .task = ClassTask::multiclass,
    .direction = Direction::maximize,
    .formula = [](const ClassSums& s, double undefined) -> MetricValue {
      double together = 0, predicted = 0, actual = 0;
      for (int c = 0; c < s.classes; ++c) {
        together += s.predicted[c] * s.actual[c];
        predicted += s.predicted[c] * s.predicted[c];
        actual += s.actual[c] * s.actual[c];
      }
      const double all = s.weight * s.weight;
      const double square = (all - predicted) * (all - actual);
      if (!(square > 0)) return {undefined, Reason::zero_division};
      return {(s.exact * s.weight - together) / std::sqrt(square)};
    },
};

}  // namespace bakeoff::kernels

// 2 hit / (predicted + actual), the harmonic mean of precision and recall. Averaged over classes as scikit-learn's
// f1_score does.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

template <Average kAverage>
MetricValue class_f1(const ClassSums& s, double undefined) {
  return average<kAverage>(
      s, undefined, [](double hit, double predicted, double actual) { return std::pair(2 * hit, predicted + actual); });
}

inline constexpr ClassMetric kF1Macro{
    .name = "f1_macro",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_f1<Average::macro>,
};
inline constexpr ClassMetric kF1Micro{
    .name = "f1_micro",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_f1<Average::micro>,
};
inline constexpr ClassMetric kF1Weighted{
    .name = "f1_weighted",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_f1<Average::weighted>,
};

}  // namespace bakeoff::kernels

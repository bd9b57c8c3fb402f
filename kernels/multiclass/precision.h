// hit / predicted: of what was predicted, how much is true. Averaged over classes as scikit-learn's precision_score
// does.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

template <Average kAverage>
MetricValue class_precision(const ClassSums& s, double undefined) {
  return average<kAverage>(s, undefined, [](double hit, double predicted, double actual) {
    (void)predicted, (void)actual;
    return std::pair(hit, predicted);
  });
}

inline constexpr ClassMetric kPrecisionMacro{
    .name = "precision_macro",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_precision<Average::macro>,
};
inline constexpr ClassMetric kPrecisionMicro{
    .name = "precision_micro",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_precision<Average::micro>,
};
inline constexpr ClassMetric kPrecisionWeighted{
    .name = "precision_weighted",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_precision<Average::weighted>,
};

}  // namespace bakeoff::kernels

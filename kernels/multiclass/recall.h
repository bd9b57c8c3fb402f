// hit / actual: of what is true, how much was predicted. Averaged over classes as scikit-learn's recall_score does.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

template <Average kAverage>
MetricValue class_recall(const ClassSums& s, double undefined) {
  return average<kAverage>(s, undefined, [](double hit, double predicted, double actual) {
    (void)predicted, (void)actual;
    return std::pair(hit, actual);
  });
}

inline constexpr ClassMetric kRecallMacro{
    .name = "recall_macro",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_recall<Average::macro>,
};
inline constexpr ClassMetric kRecallMicro{
    .name = "recall_micro",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_recall<Average::micro>,
};
inline constexpr ClassMetric kRecallWeighted{
    .name = "recall_weighted",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = class_recall<Average::weighted>,
};

}  // namespace bakeoff::kernels

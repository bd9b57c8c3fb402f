// The share of rows that are right: of many classes, whose class was predicted; of many labels, where all of them were
// (subset accuracy). scikit-learn's accuracy_score.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kClassAccuracy{
    .name = "accuracy",
    .task = ClassTask::both,
    .direction = Direction::maximize,
    .formula = [](const ClassSums& s, double) -> MetricValue { return {s.exact / s.weight}; },
};

}  // namespace bakeoff::kernels

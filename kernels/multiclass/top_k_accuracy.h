// The share of rows whose class is among the k highest scores; "top_k_accuracy@5", k = 2 where the name says none
// (scikit-learn's top_k_accuracy_score: of equal scores the class with the higher number comes first).
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kTopKAccuracy{
    .name = "top_k_accuracy",
    .task = ClassTask::multiclass,
    .direction = Direction::maximize,
    .source = ClassSource::top,
    .formula = [](const ClassSums& s, double) -> MetricValue { return {s.top / s.weight}; },
};

}  // namespace bakeoff::kernels

// sum w sum over classes (p - y)^2 / sum w, y the class that came as 0 and 1: in [0, 2]. scikit-learn's
// brier_score_loss(scale_by_half=False), its default from three classes on.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kClassBrier{
    .name = "brier",
    .task = ClassTask::multiclass,
    .direction = Direction::minimize,
    .source = ClassSource::squared,
    .formula = [](const ClassSums& s, double) -> MetricValue { return {s.squared / s.weight}; },
};

}  // namespace bakeoff::kernels

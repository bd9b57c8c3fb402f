// -(sum w log p) / sum w, p the probability given to the class that came, clipped to [eps, 1 - eps] of the scores' type
// (scikit-learn's log_loss). Probabilities are not normalised.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kClassLogLoss{
    .name = "log_loss",
    .task = ClassTask::multiclass,
    .direction = Direction::minimize,
    .source = ClassSource::log_loss,
    .formula = [](const ClassSums& s, double) -> MetricValue { return {s.log_loss / s.weight}; },
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kMse{
    .name = "mse",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition = "sum w (y - s)^2 / sum w",
    .source = "scikit-learn mean_squared_error",
    .terms = TermSet(Term::squared_error),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::squared_error] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

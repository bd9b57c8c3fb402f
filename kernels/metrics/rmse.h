#pragma once
#include <cmath>

#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kRmse{
    .name = "rmse",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition = "sqrt(sum w (y - s)^2 / sum w)",
    .source = "scikit-learn root_mean_squared_error",
    .terms = TermSet(Term::squared_error),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {std::sqrt(s[Term::squared_error] / s[Term::weight])};
    },
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kMae{
    .name = "mae",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition = "sum w |y - s| / sum w",
    .source = "scikit-learn mean_absolute_error",
    .terms = TermSet(Term::absolute_error),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::absolute_error] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

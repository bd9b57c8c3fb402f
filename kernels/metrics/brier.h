// sum w (p - y)^2 / sum w (scikit-learn's brier_score_loss).
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kBrier{
    .name = "brier",
    .task = Task::binary,
    .direction = Direction::minimize,
    .terms = TermSet(Term::squared_error),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::squared_error] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

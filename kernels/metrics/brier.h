#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kBrier{
    .name = "brier",
    .task = Task::binary,
    .direction = Direction::minimize,
    .definition = "sum w (p - y)^2 / sum w",
    .source = "scikit-learn brier_score_loss",
    .domain = [](double) -> Domain {
      return {Range::any, Range::probability};
    },
    .terms = TermSet(Term::squared_error),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::squared_error] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

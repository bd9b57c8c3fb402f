#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kPinball{
    .name = "pinball",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition = "sum w max(a (y - s), (a - 1) (y - s)) / sum w: the loss that the a-quantile minimises",
    .source = "scikit-learn mean_pinball_loss(alpha=a)",
    .parameter = {"alpha", 0.5, "[0, 1]", [](double x) { return x >= 0 && x <= 1; }},
    .terms = TermSet(Term::shortfall, Term::excess),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return {(c.parameter * s[Term::shortfall] + (1 - c.parameter) * s[Term::excess]) / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kGammaDeviance{
    .name = "gamma_deviance",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition = "2 sum w (log(s / y) + y / s - 1) / sum w",
    .source = "scikit-learn mean_gamma_deviance",
    .edges = "A label or score of 0 or less: a DataError.",
    .domain = [](double) -> Domain {
      return {Range::positive, Range::positive};
    },
    .terms = TermSet(Term::gamma_deviance),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::gamma_deviance] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

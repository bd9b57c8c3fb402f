#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kPoissonDeviance{
    .name = "poisson_deviance",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition = "2 sum w (y log(y / s) - y + s) / sum w",
    .source = "scikit-learn mean_poisson_deviance",
    .edges = "A label below 0 or a score of 0 or less: a DataError.",
    .domain = [](double) -> Domain {
      return {Range::not_negative, Range::positive};
    },
    .terms = TermSet(Term::poisson_deviance),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::poisson_deviance] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kAccuracy{
    .name = "accuracy",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "the weighted share of rows whose score falls on the right side of the threshold",
    .source = "scikit-learn accuracy_score",
    .terms = TermSet(Term::correct),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::correct] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

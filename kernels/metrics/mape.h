#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kMape{
    .name = "mape",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition = "sum w |y - s| / max(|y|, 2^-52) / sum w, a share and not per cent",
    .source = "scikit-learn mean_absolute_percentage_error",
    .edges = "A label of 0 counts its error 2^52 times.",
    .terms = TermSet(Term::relative_error),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::relative_error] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

// -(sum w log p) / sum w, p the probability given to the class that came, clipped to [eps, 1 - eps]
// (scikit-learn's log_loss). Defined for one class, too.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kLogLoss{
    .name = "log_loss",
    .task = Task::binary,
    .direction = Direction::minimize,
    .terms = TermSet(Term::log_loss),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::log_loss] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

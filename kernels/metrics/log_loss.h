#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kLogLoss{
    .name = "log_loss",
    .task = Task::binary,
    .direction = Direction::minimize,
    .definition =
        "-(sum w log p) / sum w, p the probability given to the class that came, clipped to [eps, "
        "1 - eps] by the eps of the scores' type",
    .source = "scikit-learn log_loss",
    .edges = "Defined for one class, too.",
    .domain = [](double) -> Domain {
      return {Range::any, Range::probability};
    },
    .terms = TermSet(Term::log_loss),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::log_loss] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

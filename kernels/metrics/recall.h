// tp / (tp + fn). No positive row: 0/0.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kRecall{
    .name = "recall",
    .task = Task::binary,
    .direction = Direction::maximize,
    .terms = TermSet(Term::true_positive, Term::false_negative),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      const double tp = s[Term::true_positive];
      return ratio(tp, tp + s[Term::false_negative], c);
    },
};

}  // namespace bakeoff::kernels

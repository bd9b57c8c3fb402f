// tp / (tp + fp). Nothing predicted positive: 0/0.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kPrecision{
    .name = "precision",
    .task = Task::binary,
    .direction = Direction::maximize,
    .terms = TermSet(Term::true_positive, Term::false_positive),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      const double tp = s[Term::true_positive];
      return ratio(tp, tp + s[Term::false_positive], c);
    },
};

}  // namespace bakeoff::kernels

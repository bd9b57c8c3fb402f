// 2 tp / (2 tp + fp + fn), the harmonic mean of precision and recall. No positive row and none predicted: 0/0.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kF1{
    .name = "f1",
    .task = Task::binary,
    .direction = Direction::maximize,
    .terms = TermSet(Term::true_positive, Term::false_positive, Term::false_negative),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      const double twice = 2 * s[Term::true_positive];
      return ratio(twice, twice + s[Term::false_positive] + s[Term::false_negative], c);
    },
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kF1{
    .name = "f1",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "2 tp / (2 tp + fp + fn), the harmonic mean of precision and recall",
    .source = "scikit-learn f1_score",
    .edges =
        "No positive and none predicted is 0/0. 0/0: `undefined`, 0 unless said otherwise, with "
        "reason zero_division.",
    .terms = TermSet(Term::true_positive, Term::false_positive, Term::false_negative),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      const double twice = 2 * s[Term::true_positive];
      return ratio(twice, twice + s[Term::false_positive] + s[Term::false_negative], c);
    },
};

}  // namespace bakeoff::kernels

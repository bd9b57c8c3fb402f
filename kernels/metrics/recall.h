#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kRecall{
    .name = "recall",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "tp / (tp + fn)",
    .source = "scikit-learn recall_score",
    .edges =
        "No positive is 0/0. 0/0: `undefined`, 0 unless said otherwise, with reason "
        "zero_division.",
    .terms = TermSet(Term::true_positive, Term::false_negative),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return ratio(s[Term::true_positive], s[Term::true_positive] + s[Term::false_negative], c);
    },
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kPrecision{
    .name = "precision",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "tp / (tp + fp)",
    .source = "scikit-learn precision_score",
    .edges =
        "Nothing predicted positive is 0/0. 0/0: `undefined`, 0 unless said otherwise, with "
        "reason zero_division.",
    .terms = TermSet(Term::true_positive, Term::false_positive),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return ratio(s[Term::true_positive], s[Term::true_positive] + s[Term::false_positive], c);
    },
};

}  // namespace bakeoff::kernels

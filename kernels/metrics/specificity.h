#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kSpecificity{
    .name = "specificity",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "tn / (tn + fp)",
    .source = "scikit-learn recall_score(pos_label=0)",
    .edges =
        "No negative is 0/0. 0/0: `undefined`, 0 unless said otherwise, with reason "
        "zero_division.",
    .terms = TermSet(Term::true_negative, Term::false_positive),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return ratio(s[Term::true_negative], s[Term::true_negative] + s[Term::false_positive], c);
    },
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kBalancedAccuracy{
    .name = "balanced_accuracy",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "(tp / (tp + fn) + tn / (tn + fp)) / 2: the mean of recall and specificity",
    .source = "scikit-learn balanced_accuracy_score",
    .edges = "One class only: the recall of that class, with reason one_class.",
    .terms = TermSet(Term::true_positive, Term::false_positive, Term::true_negative, Term::false_negative),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      const double tp = s[Term::true_positive], positives = tp + s[Term::false_negative];
      const double tn = s[Term::true_negative], negatives = tn + s[Term::false_positive];
      if (positives == 0) return {tn / negatives, Reason::one_class};
      if (negatives == 0) return {tp / positives, Reason::one_class};
      return {(tp / positives + tn / negatives) / 2};
    },
};

}  // namespace bakeoff::kernels

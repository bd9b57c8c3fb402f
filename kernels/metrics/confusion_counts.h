// The four cells of the confusion matrix at the threshold.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kTruePositives{
    .name = "true_positives",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "the sum of weights of positive rows predicted positive",
    .source = "scikit-learn confusion_matrix",
    .edges = "Replicates are scaled to the sample's sum of weights.",
    .terms = TermSet(Term::true_positive),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return total(s[Term::true_positive], s, c);
    },
};

inline constexpr Metric kFalsePositives{
    .name = "false_positives",
    .task = Task::binary,
    .direction = Direction::minimize,
    .definition = "the sum of weights of negative rows predicted positive",
    .source = "scikit-learn confusion_matrix",
    .edges = "Replicates are scaled to the sample's sum of weights.",
    .terms = TermSet(Term::false_positive),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return total(s[Term::false_positive], s, c);
    },
};

inline constexpr Metric kTrueNegatives{
    .name = "true_negatives",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "the sum of weights of negative rows predicted negative",
    .source = "scikit-learn confusion_matrix",
    .edges = "Replicates are scaled to the sample's sum of weights.",
    .terms = TermSet(Term::true_negative),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return total(s[Term::true_negative], s, c);
    },
};

inline constexpr Metric kFalseNegatives{
    .name = "false_negatives",
    .task = Task::binary,
    .direction = Direction::minimize,
    .definition = "the sum of weights of positive rows predicted negative",
    .source = "scikit-learn confusion_matrix",
    .edges = "Replicates are scaled to the sample's sum of weights.",
    .terms = TermSet(Term::false_negative),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return total(s[Term::false_negative], s, c);
    },
};

}  // namespace bakeoff::kernels

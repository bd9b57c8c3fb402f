// The four cells of the confusion matrix at the threshold.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

template <Term kTerm>
constexpr Metric confusion_count(const char* name, Direction direction, const char* definition) {
  return {
      .name = name,
      .task = Task::binary,
      .direction = direction,
      .definition = definition,
      .source = "scikit-learn confusion_matrix",
      .edges = "Replicates are scaled to the sample's sum of weights.",
      .terms = TermSet(kTerm),
      .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue { return total(s[kTerm], s, c); },
  };
}

inline constexpr Metric kTruePositives{confusion_count<Term::true_positive>(
    "true_positives", Direction::maximize, "the sum of weights of positive rows predicted positive")};
inline constexpr Metric kFalsePositives{confusion_count<Term::false_positive>(
    "false_positives", Direction::minimize, "the sum of weights of negative rows predicted positive")};
inline constexpr Metric kTrueNegatives{confusion_count<Term::true_negative>(
    "true_negatives", Direction::maximize, "the sum of weights of negative rows predicted negative")};
inline constexpr Metric kFalseNegatives{confusion_count<Term::false_negative>(
    "false_negatives", Direction::minimize, "the sum of weights of positive rows predicted negative")};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kTotal{
    .name = "total",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "sum of w v over rows with score >= threshold: what the actions are worth in column v",
    .source = "the weighted sum over the treated",
    .edges = "Replicates are scaled to the sample's sum of weights.",
    .of_column = true,
    .terms = TermSet(Term::predicted_label),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      return total(s[Term::predicted_label], s, c);
    },
};

}  // namespace bakeoff::kernels

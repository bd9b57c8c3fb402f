#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kMean{
    .name = "mean",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition =
        "sum of w v over rows with score >= threshold / sum of their w: the mean of column v "
        "where the action is taken, as revenue per recommendation",
    .source = "the weighted mean over the treated",
    .edges = "No action taken: NaN, zero_division.",
    .of_column = true,
    .terms = TermSet(Term::predicted, Term::predicted_label),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      if (s[Term::predicted] == 0) return {std::numeric_limits<double>::quiet_NaN(), Reason::zero_division};
      return {s[Term::predicted_label] / s[Term::predicted]};
    },
};

}  // namespace bakeoff::kernels

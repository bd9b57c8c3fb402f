#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kPositiveRate{
    .name = "positive_rate",
    .task = Task::binary,
    .direction = Direction::neither,
    .definition = "the weighted share of rows predicted positive: sum w [score >= threshold] / sum w",
    .source = "fairlearn selection_rate",
    .terms = TermSet(Term::predicted),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::predicted] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

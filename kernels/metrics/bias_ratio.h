#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kBiasRatio{
    .name = "bias_ratio",
    .task = Task::binary,
    .direction = Direction::neither,
    .definition =
        "sum w p / sum w y: predicted over observed positives, calibration in the large; 1 is "
        "unbiased",
    .source = "He et al., ADKDD 2014 (\"calibration\")",
    .edges = "No positive: NaN, one_class.",
    .domain = [](double) -> Domain {
      return {Range::any, Range::probability};
    },
    .terms = TermSet(Term::score, Term::positive),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      if (s[Term::positive] == 0) return {std::numeric_limits<double>::quiet_NaN(), Reason::one_class};
      return {s[Term::score] / s[Term::positive]};
    },
};

}  // namespace bakeoff::kernels

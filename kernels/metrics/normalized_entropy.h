#pragma once
#include <cmath>

#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kNormalizedEntropy{
    .name = "normalized_entropy",
    .task = Task::binary,
    .direction = Direction::minimize,
    .definition =
        "log_loss / -(q log q + (1 - q) log(1 - q)), q the weighted share of positives: below 1 "
        "is better than predicting q for all",
    .source = "He et al., Practical lessons from predicting clicks on ads at Facebook, ADKDD 2014",
    .edges = "One class only: NaN, one_class.",
    .domain = [](double) -> Domain {
      return {Range::any, Range::probability};
    },
    .terms = TermSet(Term::log_loss, Term::positive),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      const double q = s[Term::positive] / s[Term::weight];
      if (!(q > 0 && q < 1)) return {std::numeric_limits<double>::quiet_NaN(), Reason::one_class};
      const double entropy = -(q * math::log(q) + (1 - q) * math::log1p(-q));
      return {s[Term::log_loss] / s[Term::weight] / entropy};
    },
};

}  // namespace bakeoff::kernels

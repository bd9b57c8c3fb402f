#pragma once
#include <cmath>

#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kMcc{
    .name = "mcc",
    .task = Task::binary,
    .direction = Direction::maximize,
    .definition = "Matthews correlation: (tp tn - fp fn) / sqrt((tp + fp) (tp + fn) (tn + fp) (tn + fn))",
    .source = "scikit-learn matthews_corrcoef",
    .edges =
        "One class or one prediction only is 0/0. 0/0: `undefined`, 0 unless said otherwise, with "
        "reason zero_division.",
    .terms = TermSet(Term::true_positive, Term::false_positive, Term::true_negative, Term::false_negative),
    .formula = [](const TermSums& s, const MetricContext& c) -> MetricValue {
      const double tp = s[Term::true_positive], fp = s[Term::false_positive];
      const double tn = s[Term::true_negative], fn = s[Term::false_negative];
      // Two roots: the product of four sums of 1e80 would be infinite
      const double scale = std::sqrt((tp + fp) * (tn + fn)) * std::sqrt((tp + fn) * (tn + fp));
      return ratio(tp * tn - fp * fn, scale, c);
    },
};

}  // namespace bakeoff::kernels

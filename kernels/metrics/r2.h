// The denominator is S2 - S1^2 / W of labels shifted by a number near their mean, so that nothing cancels.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kR2{
    .name = "r2",
    .task = Task::regression,
    .direction = Direction::maximize,
    .definition = "1 - sum w (y - s)^2 / sum w (y - mean)^2",
    .source = "scikit-learn r2_score",
    .edges =
        "A constant target gives 1 for perfect scores and else 0, with reason constant_target; a "
        "single row NaN.",
    .terms = TermSet(Term::squared_error, Term::label, Term::label_squared),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      if (s.rows < 2) return {std::numeric_limits<double>::quiet_NaN(), Reason::constant_target};
      const double residual = s[Term::squared_error], moment = s[Term::label_squared];
      const double total = moment - s[Term::label] * s[Term::label] / s[Term::weight];
      // A replicate may draw one label only: what is left then is the rounding of its terms to 2^-36
      if (!(total > moment * 0x1p-32)) return {residual == 0 ? 1.0 : 0.0, Reason::constant_target};
      return {1 - residual / total};
    },
};

}  // namespace bakeoff::kernels

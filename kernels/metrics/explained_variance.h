// Labels and errors are shifted by numbers near their means, each candidate's by its own, so that nothing cancels.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kExplainedVariance{
    .name = "explained_variance",
    .task = Task::regression,
    .direction = Direction::maximize,
    .definition = "1 - Var(y - s) / Var(y), both weighted: r2 without the penalty for a constant offset",
    .source = "scikit-learn explained_variance_score",
    .edges =
        "A constant target gives 1 for errors that are constant, too, and else 0, with reason "
        "constant_target; a single row NaN.",
    .terms = TermSet(Term::error, Term::error_squared, Term::label, Term::label_squared),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      if (s.rows < 2) return {std::numeric_limits<double>::quiet_NaN(), Reason::constant_target};
      const double squares = s[Term::error_squared], moment = s[Term::label_squared], w = s[Term::weight];
      const double total = moment - s[Term::label] * s[Term::label] / w;
      const double left = squares - s[Term::error] * s[Term::error] / w, residual = left > 0 ? left : 0;
      if (!(total > moment * 0x1p-32)) return {residual > squares * 0x1p-32 ? 0.0 : 1.0, Reason::constant_target};
      return {1 - residual / total};
    },
};

}  // namespace bakeoff::kernels

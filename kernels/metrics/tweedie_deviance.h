#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kTweedieDeviance{
    .name = "tweedie_deviance",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition =
        "2 sum w (max(y, 0)^(2-p) / ((1-p) (2-p)) - y s^(1-p) / (1-p) + s^(2-p) / (2-p)) / sum w; "
        "p = 0 is mse, 1 poisson_deviance, 2 gamma_deviance",
    .source = "scikit-learn mean_tweedie_deviance(power=p)",
    .edges =
        "Scores of 0 or less (p not 0), labels below 0 (p from 1 on), labels of 0 (p from 2 on): "
        "a DataError.",
    .parameter = {"power", 1.5, "up to 0, or from 1 on", [](double x) { return x <= 0 || x >= 1; }},
    .domain = [](double power) -> Domain {
      if (power == 0) return {};
      return {power < 0 ? Range::any : power < 2 ? Range::not_negative : Range::positive, Range::positive};
    },
    .terms = TermSet(Term::tweedie_deviance),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {s[Term::tweedie_deviance] / s[Term::weight]};
    },
};

}  // namespace bakeoff::kernels

#pragma once
#include <cmath>

#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kRmsle{
    .name = "rmsle",
    .task = Task::regression,
    .direction = Direction::minimize,
    .definition = "sqrt(sum w (log(1 + y) - log(1 + s))^2 / sum w)",
    .source = "scikit-learn root_mean_squared_log_error",
    .edges = "Labels or scores of -1 or less: a DataError.",
    .domain = [](double) -> Domain {
      return {Range::above_minus_one, Range::above_minus_one};
    },
    .terms = TermSet(Term::squared_log_error),
    .formula = [](const TermSums& s, const MetricContext&) -> MetricValue {
      return {std::sqrt(s[Term::squared_log_error] / s[Term::weight])};
    },
};

}  // namespace bakeoff::kernels

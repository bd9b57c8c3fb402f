#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kKsStatistic{
    .name = "ks_statistic",
    .task = Task::binary,
    .direction = Direction::maximize,
    .kind = MetricKind::curve,
    .definition =
        "max over thresholds of |TPR - FPR|: the Kolmogorov-Smirnov distance between the scores "
        "of the two classes",
    .source = "scipy ks_2samp",
    .edges = "One class only: NaN, one_class.",
    .curve = CurveKind::ks_statistic,
};

}  // namespace bakeoff::kernels

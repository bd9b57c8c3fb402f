#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kAveragePrecision{
    .name = "average_precision",
    .task = Task::binary,
    .direction = Direction::maximize,
    .kind = MetricKind::curve,
    .definition =
        "sum over thresholds, from the top, of (R_k - R_{k-1}) P_k: the step area under the "
        "precision-recall curve; tied scores share one threshold",
    .source = "scikit-learn average_precision_score",
    .edges = "No positive: NaN, one_class; with compat=\"sklearn\" 0.",
    .curve = CurveKind::average_precision,
};

}  // namespace bakeoff::kernels

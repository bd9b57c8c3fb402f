#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kRecallAtPrecision{
    .name = "recall_at_precision",
    .task = Task::binary,
    .direction = Direction::maximize,
    .kind = MetricKind::curve,
    .definition = "the largest recall over all thresholds whose precision is at least p",
    .source = "scikit-learn precision_recall_curve",
    .edges = "No positive: NaN, one_class. No threshold is precise enough: 0.",
    .parameter = {"precision", 0.9, "(0, 1]", [](double x) { return x > 0 && x <= 1; }},
    .curve = CurveKind::recall_at_precision,
};

}  // namespace bakeoff::kernels

// The probability that a positive row scores above a negative one, ties counting half, weighted by the product of the
// rows' weights. One class only: NaN. Computed by kernels/ranking.
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kRocAuc{
    .name = "roc_auc",
    .task = Task::binary,
    .direction = Direction::maximize,
    .kind = MetricKind::ordered,
};

}  // namespace bakeoff::kernels

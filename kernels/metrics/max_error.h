#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kMaxError{
    .name = "max_error",
    .task = Task::regression,
    .direction = Direction::minimize,
    .kind = MetricKind::maximum,
    .definition = "max |y - s| over rows with weight above 0",
    .source = "scikit-learn max_error, which takes no weights",
    .edges =
        "A replicate is the largest error of the rows it drew. No interval of the bootstrap "
        "covers a maximum well: half the replicates repeat the value itself.",
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kRocAuc{
    .name = "roc_auc",
    .task = Task::binary,
    .direction = Direction::maximize,
    .kind = MetricKind::area,
    .definition =
        "P(score of a positive > score of a negative) + P(tie) / 2, weighted by the product of "
        "the rows' weights",
    .source = "scikit-learn roc_auc_score",
    .edges = "One class only: NaN, one_class.",
};

}  // namespace bakeoff::kernels

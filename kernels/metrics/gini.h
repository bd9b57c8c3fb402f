#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kGini{
    .name = "gini",
    .task = Task::binary,
    .direction = Direction::maximize,
    .kind = MetricKind::area,
    .definition = "2 roc_auc - 1",
    .source = "Somers' D of the scores; scikit-learn roc_auc_score",
    .edges = "One class only: NaN, one_class.",
    .scale = 2,
    .offset = -1,
};

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

inline constexpr Metric kPartialAuc{
    .name = "partial_auc",
    .task = Task::binary,
    .direction = Direction::maximize,
    .kind = MetricKind::curve,
    .definition =
        "A = area under the ROC curve over FPR in [0, f], linear between thresholds, "
        "standardised: (1 + (A - f^2/2) / (f - f^2/2)) / 2",
    .source =
        "scikit-learn roc_auc_score(max_fpr=f); McClish, Analyzing a portion of the ROC curve, "
        "Med. Decis. Making 1989",
    .edges = "One class only: NaN, one_class.",
    .parameter = {"max_fpr", 0.1, "(0, 1]", [](double x) { return x > 0 && x <= 1; }},
    .curve = CurveKind::partial_auc,
};

}  // namespace bakeoff::kernels

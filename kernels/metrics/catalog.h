// All metrics there are. A new one is a file beside this one and a line here; tests/kernels/metrics/catalog_test.cpp
// walks this list.
#pragma once
#include <string_view>

#include "kernels/metrics/accuracy.h"
#include "kernels/metrics/balanced_accuracy.h"
#include "kernels/metrics/brier.h"
#include "kernels/metrics/f1.h"
#include "kernels/metrics/log_loss.h"
#include "kernels/metrics/mae.h"
#include "kernels/metrics/mcc.h"
#include "kernels/metrics/mse.h"
#include "kernels/metrics/precision.h"
#include "kernels/metrics/r2.h"
#include "kernels/metrics/recall.h"
#include "kernels/metrics/rmse.h"
#include "kernels/metrics/roc_auc.h"

namespace bakeoff::kernels {

inline constexpr const Metric* kMetrics[] = {
    &kRocAuc, &kLogLoss, &kBrier, &kAccuracy, &kBalancedAccuracy, &kPrecision, &kRecall, &kF1, &kMcc,
    &kMse,    &kRmse,    &kMae,   &kR2,
};

/// The metric of that name; nullptr if there is none.
constexpr const Metric* find_metric(std::string_view name) {
  for (const Metric* metric : kMetrics)
    if (name == metric->name) return metric;
  return nullptr;
}

}  // namespace bakeoff::kernels

// All metrics of many classes or labels. A new one is a file beside this one and a line here;
// tests/kernels/multiclass/catalog_test.cpp walks this list.
#pragma once
#include <string_view>

#include "kernels/multiclass/accuracy.h"
#include "kernels/multiclass/balanced_accuracy.h"
#include "kernels/multiclass/brier.h"
#include "kernels/multiclass/f1.h"
#include "kernels/multiclass/hamming_loss.h"
#include "kernels/multiclass/kappa.h"
#include "kernels/multiclass/log_loss.h"
#include "kernels/multiclass/mcc.h"
#include "kernels/multiclass/precision.h"
#include "kernels/multiclass/recall.h"
#include "kernels/multiclass/roc_auc.h"
#include "kernels/multiclass/top_k_accuracy.h"

namespace bakeoff::kernels {

inline constexpr const ClassMetric* kClassMetrics[] = {
    &kClassAccuracy,     &kClassBalancedAccuracy,
    &kTopKAccuracy,      &kClassLogLoss,
    &kClassBrier,        &kClassMcc,
    &kClassKappa,        &kPrecisionMacro,
    &kPrecisionMicro,    &kPrecisionWeighted,
    &kRecallMacro,       &kRecallMicro,
    &kRecallWeighted,    &kF1Macro,
    &kF1Micro,           &kF1Weighted,
    &kHammingLoss,       &kRocAucOvr,
    &kRocAucOvrWeighted, &kRocAucOvo,
    &kRocAucOvoWeighted, &kRocAucMacro,
    &kRocAucWeighted,
};

/// The metric of that name and task; nullptr if there is none.
constexpr const ClassMetric* find_class_metric(std::string_view name, ClassTask task) {
  for (const ClassMetric* metric : kClassMetrics)
    if (name == metric->name && (metric->task == task || metric->task == ClassTask::both)) return metric;
  return nullptr;
}

}  // namespace bakeoff::kernels

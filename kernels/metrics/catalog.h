// All metrics there are. A new one is a file beside this one and a line here; tests/kernels/metrics/catalog_test.cpp
// walks this list, and docs/metrics.md is made of it.
#pragma once
#include <string_view>

#include "kernels/metrics/accuracy.h"
#include "kernels/metrics/average_precision.h"
#include "kernels/metrics/balanced_accuracy.h"
#include "kernels/metrics/bias_ratio.h"
#include "kernels/metrics/brier.h"
#include "kernels/metrics/confusion_counts.h"
#include "kernels/metrics/ece.h"
#include "kernels/metrics/ece_mass.h"
#include "kernels/metrics/explained_variance.h"
#include "kernels/metrics/f1.h"
#include "kernels/metrics/gamma_deviance.h"
#include "kernels/metrics/gini.h"
#include "kernels/metrics/kappa.h"
#include "kernels/metrics/ks_statistic.h"
#include "kernels/metrics/log_loss.h"
#include "kernels/metrics/mae.h"
#include "kernels/metrics/mape.h"
#include "kernels/metrics/max_error.h"
#include "kernels/metrics/mcc.h"
#include "kernels/metrics/mce.h"
#include "kernels/metrics/mean.h"
#include "kernels/metrics/mse.h"
#include "kernels/metrics/msle.h"
#include "kernels/metrics/normalized_entropy.h"
#include "kernels/metrics/partial_auc.h"
#include "kernels/metrics/pinball.h"
#include "kernels/metrics/poisson_deviance.h"
#include "kernels/metrics/positive_rate.h"
#include "kernels/metrics/precision.h"
#include "kernels/metrics/r2.h"
#include "kernels/metrics/recall.h"
#include "kernels/metrics/recall_at_precision.h"
#include "kernels/metrics/rmse.h"
#include "kernels/metrics/rmsle.h"
#include "kernels/metrics/roc_auc.h"
#include "kernels/metrics/specificity.h"
#include "kernels/metrics/total.h"
#include "kernels/metrics/tweedie_deviance.h"

namespace bakeoff::kernels {

inline constexpr const Metric* kMetrics[] = {
    // binary
    &kRocAuc, &kGini, &kAveragePrecision, &kKsStatistic, &kPartialAuc, &kRecallAtPrecision,      //
    &kLogLoss, &kNormalizedEntropy, &kBrier, &kBiasRatio, &kEce, &kEceMass, &kMce,               //
    &kAccuracy, &kBalancedAccuracy, &kPrecision, &kRecall, &kSpecificity, &kF1, &kMcc, &kKappa,  //
    &kTruePositives, &kFalsePositives, &kTrueNegatives, &kFalseNegatives, &kPositiveRate,        //
    // any
    &kMean, &kTotal,  //
    // regression
    &kMse, &kRmse, &kMae, &kMape, &kMsle, &kRmsle, &kMaxError, &kR2, &kExplainedVariance, &kPinball,  //
    &kPoissonDeviance, &kGammaDeviance, &kTweedieDeviance,                                            //
};

/// The metric of that name, without parameter and column; nullptr if there is none.
constexpr const Metric* find_metric(std::string_view name) {
  for (const Metric* metric : kMetrics)
    if (name == metric->name) return metric;
  return nullptr;
}

}  // namespace bakeoff::kernels

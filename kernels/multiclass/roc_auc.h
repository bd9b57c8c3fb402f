// The area under the ROC curve of many classes, from AUCs of two at a time (scikit-learn's roc_auc_score).
//   ovr: each class against the rest by its own score; the mean over classes, or weighted by their rows.
//   ovo: each pair of classes a, b on the rows of both: the mean of the AUC of a by a's score and of b by b's; the mean
//   over pairs, or weighted by the pairs' rows (Hand and Till: A simple generalisation of the area under the ROC curve
//   for multiple class classification problems; 2001).
// Of many labels: each label by its own score; the mean, or weighted by the positives.
// A class without rows, or with all of them: NaN with Reason::one_class.
#pragma once
#include "kernels/multiclass/class_metric.h"

namespace bakeoff::kernels {

inline constexpr ClassMetric kRocAucOvr{"roc_auc_ovr", ClassTask::multiclass, Direction::maximize,
                                        ClassSource::ordered};
inline constexpr ClassMetric kRocAucOvrWeighted{"roc_auc_ovr_weighted", ClassTask::multiclass, Direction::maximize,
                                                ClassSource::ordered};
inline constexpr ClassMetric kRocAucOvo{"roc_auc_ovo", ClassTask::multiclass, Direction::maximize,
                                        ClassSource::ordered};
inline constexpr ClassMetric kRocAucOvoWeighted{"roc_auc_ovo_weighted", ClassTask::multiclass, Direction::maximize,
                                                ClassSource::ordered};
inline constexpr ClassMetric kRocAucMacro{"roc_auc_macro", ClassTask::multilabel, Direction::maximize,
                                          ClassSource::ordered};
inline constexpr ClassMetric kRocAucWeighted{"roc_auc_weighted", ClassTask::multilabel, Direction::maximize,
                                             ClassSource::ordered};

}  // namespace bakeoff::kernels

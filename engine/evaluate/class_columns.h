// All rows of all candidates as the codes and terms that their metrics are sums of: the scores are read once, whatever
// slices and resamples are asked for. Internal to evaluate_classes().
#pragma once
#include <string>
#include <vector>

#include "core/buffer.h"
#include "evaluate/class_evaluate.h"
#include "kernels/multiclass/catalog.h"
#include "kernels/multiclass/class_rows.h"

namespace bakeoff {

struct ClassPlan {
  struct Entry {
    const kernels::ClassMetric* metric;
    int top = -1;  // of top_k_accuracy: which of `tops`
  };
  std::vector<Entry> metrics;
  std::vector<std::string> names;
  std::vector<int> tops;  // the k of each top_k_accuracy
  bool log_loss = false, squared = false, ordered = false;
};

// SpecError for a name that is not known, or named twice.
ClassPlan make_class_plan(const std::vector<std::string>& metrics, bool multilabel);

// Columns of one candidate: predicted, outcome and a column a `top` of many classes; of many labels a column a label
// (kFalsePositive, ...) and one that says whether all are right.
struct ClassLayout {
  static constexpr int kFalsePositive = 0, kFalseNegative = 1, kTruePositive = 2, kCells = 3;
  bool multilabel;
  int classes, tops;

  Index columns() const { return multilabel ? classes + 1 : 2 + tops; }
  Index sums() const { return multilabel ? kCells * classes + 2 : 3 * classes + tops; }
  Index width(Index column) const;
};

template <class T>
struct ClassColumns {
  ClassLayout layout;
  Index candidates, rows;
  Buffer<std::int16_t> codes;  // M x layout.columns() x N
  Buffer<T> probability;       // M x N if log_loss
  Buffer<double> squared;      // M x N if squared
};

template <class T>
ClassColumns<T> make_class_columns(const Execution& execution, const ClassInput& input, const ClassPlan& plan,
                                   double threshold);

}  // namespace bakeoff

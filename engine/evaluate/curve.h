// ROC and precision-recall curves as data.
#pragma once
#include <vector>

#include "evaluate/evaluate.h"

namespace bakeoff {

enum class CurveType : std::uint8_t { roc, precision_recall };

// roc: x false and y true positive rate, thresholds descending from infinity, where nothing is predicted.
// precision_recall: x recall and y precision, thresholds ascending, and a last vertex (0, 1) without a threshold.
struct CurveVertices {
  std::vector<double> x, y, thresholds;
  Reason reason = Reason::ok;  // one_class: a rate without its class is NaN (recall without positives 1)
};

// The vertices of scikit-learn's roc_curve and precision_recall_curve for one candidate: a threshold a distinct score
// of the rows with weight, a row at the threshold predicted positive. `thin` leaves out those on a straight line
// between their neighbours (roc only, drop_intermediate).
CurveVertices curve(const Execution& execution, const EvaluateInput& input, std::int64_t candidate, CurveType type,
                    bool thin);

}  // namespace bakeoff

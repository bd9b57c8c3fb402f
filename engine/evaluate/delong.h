// AUC without resampling: its covariance over candidates from the placements of each row. DeLong, DeLong,
// Clarke-Pearson: Comparing the areas under two or more correlated ROC curves; Biometrics 1988. Rows in units:
// Obuchowski: Nonparametric analysis of clustered ROC curve data; Biometrics 1997.
#pragma once
#include <vector>

#include "evaluate/slice_set.h"

namespace bakeoff {

struct Delong {
  std::vector<double> auc;         // M; NaN with one class only
  std::vector<double> covariance;  // M x M; NaN with fewer than two rows (or units) of a class
};

// One for each slice of the set. Holds 4 bytes a row and candidate. Rows weigh the same: weights of the input are not
// read. O(M N log N + M^2 N): placements come from the ranking (Sun, Xu; IEEE Signal Processing Letters 2014).
std::vector<Delong> delong(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                           const UnitIndex& units);

// Intervals value -+ z * standard error of the AUC, cut at 0 and 1, of all areas; with interval "delong_logit" made on
// the logit's scale. At an AUC of .95 with 30 rows a class the plain ones cover 89 % where 95 % is nominal
// (bench/simulations/auc_coverage.py).
void delong_cells(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                  const MetricPlan& plan, Scoreboard& board);

}  // namespace bakeoff

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
  // M, of Student's t: of two samples with two variances (Satterthwaite: An approximate distribution of estimates of
  // variance components; Biometrics Bulletin 1946), or units - 1.
  std::vector<double> freedom;
  double trials = kNaN;  // rows of the smaller class, or units that have it
  double rows[2] = {};   // of each class, where every row is a unit
};

// One for each slice of the set. Holds 4 bytes a row and candidate. Rows weigh the same: weights of the input are not
// read. O(M N log N + M^2 N): placements come from the ranking (Sun, Xu; IEEE Signal Processing Letters 2014).
std::vector<Delong> delong(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                           const UnitIndex& units);

// Below so many rows of a class, or so many units, the replicates of an AUC near 1 are too skewed for percentiles.
inline constexpr std::int64_t kFewForAuc = 100, kFewUnitsForAuc = 100;
// The variance that 30 skewed placements show is too small more often than not: it is averaged with that of Newcombe's
// method 5 (Statistics in Medicine 2006), which counts for so many rows of the smaller class. Measured at an AUC of .95
// with 30 of 330 rows: 92 % without it, 94 to 95 % with 5, 96 to 97 % with 15.
inline constexpr double kModelRows = 5;

// Intervals of all areas: with interval "delong" value -+ z * standard error of the AUC, cut at 0 and 1; else
// "delong_logit", made on the logit's scale with Student's t and, where rows are the units, a variance that leans on
// that of a model (kModelRows). At an AUC of .95 with 30 rows a class the plain ones
// cover 89 % where 95 % is nominal (bench/simulations/auc_coverage.py). An AUC of 0 or 1, whose placements don't vary,
// has the end of Wilson's interval of as many trials as the smaller class has rows: no AUC varies more than such a
// share (Birnbaum, Klose: Bounds for the variance of the Mann-Whitney statistic; Ann. Math. Stat. 1957). Cells of a
// class with one row or unit are left as they are.
void delong_cells(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                  const MetricPlan& plan, Scoreboard& board);

}  // namespace bakeoff

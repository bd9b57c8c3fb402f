// Differences to a baseline. From shared replicates every candidate saw the same resamples, so they are paired; the
// other tests pair the rows themselves.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "evaluate/evaluate.h"
#include "evaluate/scoreboard.h"

namespace bakeoff {

struct CompareOptions {
  // bootstrap: the scoreboard's replicates, any metric. delong: roc_auc, no resamples. mcnemar, mcnemar_mid_p and
  // mcnemar_chi2: accuracy. permutation: candidate and baseline exchanged by unit, areas and the metrics of sums but
  // explained_variance.
  std::string method = "bootstrap";
  // Over all compared cells: max_t (bootstrap, permutation), holm or bh. Empty: max_t where there is one, else holm.
  std::string adjust = {};
  // Given: p is one-sided, of the hypothesis that the candidate is worse by the margin or more. bootstrap and delong.
  std::optional<double> margin = {};
  int permutations = 1000;
};

// All arrays M x S x K like Scoreboard::cells; the baseline's own cells are 0 with p = 1. NaN where the method says
// nothing about the metric.
struct Comparison {
  std::vector<double> difference;  // candidate - baseline, as it is: not turned by the metric's direction
  std::vector<double> low, high;   // two-sided interval at the scoreboard's confidence; none with permutation
  std::vector<double> p;           // two-sided, or one-sided with a margin; from B resamples (1 + count) / (V + 1)
  std::vector<double> p_adjusted;  // over all cells of the comparison
  std::vector<double> simultaneous_low, simultaneous_high;  // max-T ends at the same confidence
  std::int64_t valid_resamples = 0;                         // valid in every compared cell
  std::string method, adjust;
};

// By bootstrap. SpecError if the scoreboard has no replicates or no candidate of that name.
Comparison compare(const Scoreboard& board, const std::string& baseline, const CompareOptions& options = {});
// By any method; `input` and `evaluated` are those of the scoreboard.
Comparison compare(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& evaluated,
                   const Scoreboard& board, const std::string& baseline, const CompareOptions& options);

}  // namespace bakeoff

// What the paired tests share: which cells are compared, and how p-values come from replicates.
#pragma once
#include <functional>
#include <vector>

#include "evaluate/compare.h"

namespace bakeoff {

struct Compared {
  const Scoreboard& board;
  const CompareOptions& options;
  std::int64_t candidates, slices, metrics, baseline;
  std::vector<int> sign;  // of each metric: 1 where more is better
  Comparison out;

  // SpecError for an unknown baseline; `out` has the differences and the baseline's own cells.
  Compared(const Scoreboard& board, const std::string& baseline, const CompareOptions& options);

  std::int64_t inner() const { return slices * metrics; }
  std::int64_t cells() const { return candidates * inner(); }
  std::int64_t other(std::int64_t cell) const { return baseline * inner() + cell % inner(); }
  bool is_baseline(std::int64_t cell) const { return cell == other(cell); }
  int sign_of(std::int64_t cell) const { return sign[static_cast<std::size_t>(cell % metrics)]; }

  // p and the standard error of a cell from B deviations under the hypothesis, and what max-T needs of them.
  void add_deviations(std::int64_t cell, const std::vector<double>& deviations);
  // p_adjusted, by what the options say, and with max-T the simultaneous ends (if `ends`).
  void adjust(bool ends);

 private:
  double statistic(std::int64_t cell, double deviation) const;

  std::vector<double> errors_, largest_;
};

// Paired tests without replicates of the scoreboard. Each fills low, high and p of the cells that it is for.
void compare_delong(const Execution& execution, const EvaluateInput& input, Compared& at);
void compare_mcnemar(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& evaluated,
                     Compared& at);
// Deviations under the hypothesis that candidate and baseline may be exchanged in every unit.
void compare_permutation(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& evaluated,
                         Compared& at);

// Two-sided p of McNemar's test: b rows that only the one had right, c only the other. `method` as in CompareOptions.
// McNemar, Psychometrika 1947; mid-p: Fagerland, Lydersen, Laake, BMC Med. Res. Methodol. 2013; chi2 has Edwards'
// continuity correction. b + c = 0 gives 1.
double mcnemar_p(std::int64_t b, std::int64_t c, const std::string& method);

}  // namespace bakeoff

#include "evaluate/ratio.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/jackknife.h"

namespace bakeoff {
namespace {

double divided(double a, double b) { return b == 0 ? kNaN : a / b; }

}  // namespace

Ratios ratio(const Scoreboard& board, const std::string& baseline) {
  const auto found = std::find(board.names.begin(), board.names.end(), baseline);
  if (found == board.names.end())
    throw SpecError("baseline: expected the name of a candidate, got '" + printable(baseline) + "'" +
                    hint(baseline, board.names));
  const auto inner = static_cast<std::int64_t>(board.slice_names.size() * board.metric_names.size());
  const auto cells = static_cast<std::int64_t>(board.cells.size()), base = (found - board.names.begin()) * inner;
  Ratios out;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    const double a = board.cells[cell].value, b = board.cells[base + cell % inner].value;
    out.ratio.push_back(divided(a, b));
    out.relative.push_back(divided(a - b, std::abs(b)));
    std::vector<double> replicates;
    for (std::int64_t r = 0; r < board.resamples && !board.replicates.empty(); ++r) {
      const double* const at = board.replicates.data() + r * cells;
      const double value = divided(at[cell], at[base + cell % inner]);
      if (!std::isnan(value)) replicates.push_back(value);
    }
    std::sort(replicates.begin(), replicates.end());
    const bool defined = !std::isnan(out.ratio.back());
    out.low.push_back(defined ? quantile(replicates, (1 - board.confidence) / 2) : kNaN);
    out.high.push_back(defined ? quantile(replicates, (1 + board.confidence) / 2) : kNaN);
    out.valid_resamples.push_back(static_cast<std::int64_t>(replicates.size()));
  }
  return out;
}

}  // namespace bakeoff

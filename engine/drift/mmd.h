// One test of all numeric columns together: maximum mean discrepancy with a permutation p.
#pragma once
#include <cstdint>

#include "drift/table_view.h"

namespace bakeoff {

struct MmdOptions {
  int permutations = 199;
  // Of each table, evenly spaced: the cost is that of all pairs.
  Index max_rows = 1000;
  std::uint64_t seed = 0;
};

struct MmdReport {
  double statistic = kNaN;  // the unbiased estimate of MMD^2; may be below 0
  double p = kNaN;          // (1 + permutations at least as large) / (1 + permutations)
  double bandwidth = kNaN;  // the median distance of the pooled rows: k = exp(-|a - b|^2 / (2 bandwidth^2))
  Index reference_rows = 0, current_rows = 0;  // used: without missing values
};

// Columns are brought to mean 0 and deviation 1 of the reference; a column that is constant there keeps its unit. Rows
// with a missing or infinite value are left out. DataError for columns that aren't numbers or aren't in both, or if
// fewer than two rows are left on a side.
MmdReport mmd(const Execution& execution, const TableView& reference, const TableView& current,
              const MmdOptions& options);

}  // namespace bakeoff

// Slices of the rows as the kernels want them: lists of rows, which may overlap.
#pragma once
#include "kernels/metrics/scored_rows.h"

namespace bakeoff::kernels {

struct SliceRows {
  const std::int64_t* row = nullptr;  // (count,) ascending; nullptr: the rows 0 ... count - 1
  Index count = 0;
  // Where units of several rows are resampled:
  const std::int64_t* unit = nullptr;  // (units,) ascending places of the slice's units; nullptr: 0 ... units - 1
  Index units = 0;                     // 0: every row is a unit of its own
  const std::int32_t* unit_of_row = nullptr;  // (count,) where in `unit` the unit of each of the slice's rows stands

  BAKEOFF_HD bool by_unit() const { return unit_of_row != nullptr; }
  BAKEOFF_HD Index row_at(Index i) const { return row ? row[i] : i; }
  // What carries a weight of its own: rows or units, and the place of its weight among all rows or units.
  BAKEOFF_HD Index items() const { return by_unit() ? units : count; }
  BAKEOFF_HD const std::int64_t* places() const { return by_unit() ? unit : row; }
};

}  // namespace bakeoff::kernels

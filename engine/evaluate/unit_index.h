// Units of resampling as the kernels want them: distinct ids and, for each row, the place of its id.
#pragma once
#include <cstdint>
#include <vector>

#include "evaluate/evaluate.h"
#include "kernels/resample/resample_units.h"

namespace bakeoff {

struct UnitIndex {
  std::vector<std::int64_t> ids;     // ascending; empty: every row is a unit, by its index
  std::vector<std::int32_t> of_row;  // (N,)
  std::int64_t rows = 0;

  bool by_row() const { return of_row.empty(); }
  // As the kernels of the bootstrap take it.
  kernels::ResampleUnits view() const {
    if (by_row()) return kernels::ResampleUnits::rows(rows);
    return {count(), ids.data(), 0, of_row.data()};
  }
  std::int64_t count() const { return by_row() ? rows : static_cast<std::int64_t>(ids.size()); }
};

// Null: every row is a unit. DataError for 2^31 units or more.
UnitIndex make_unit_index(const std::int64_t* units, std::int64_t rows);
inline UnitIndex make_unit_index(const EvaluateInput& input) { return make_unit_index(input.units, input.rows()); }

}  // namespace bakeoff

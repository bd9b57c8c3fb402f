// What the bootstrap draws, and how often.
#pragma once
#include "kernels/resample/weights.h"

namespace bakeoff::kernels {

// What is drawn together. Rows of a unit share its weight.
struct ResampleUnits {
  Index count = 0;                       // units; the rows there are without of_row
  const std::int64_t* ids = nullptr;     // count; nullptr: first_id, first_id + 1, ...
  std::int64_t first_id = 0;             // without ids: the global index of the first unit (of the first row, by row)
  const std::int32_t* of_row = nullptr;  // N: the unit of each row, as an index into ids; nullptr: row i is unit i

  static ResampleUnits rows(Index count, std::int64_t first_row = 0) { return {count, nullptr, first_row, nullptr}; }
};

/// The id of a unit by its place, a row's place among the units, and the id of a row's unit.
BAKEOFF_HD BAKEOFF_INLINE std::int64_t id_at(const ResampleUnits& units, Index place) {
  return units.ids ? units.ids[place] : units.first_id + place;
}
BAKEOFF_HD BAKEOFF_INLINE Index unit_place(const ResampleUnits& units, Index row) {
  return units.of_row ? units.of_row[row] : row;
}
BAKEOFF_HD BAKEOFF_INLINE std::int64_t unit_id(const ResampleUnits& units, Index row) {
  return id_at(units, unit_place(units, row));
}

// Resamples first ... first + count - 1 of a seed; `first` is a multiple of 8.
struct Resamples {
  RngKey key;
  int count = 0;
  std::uint32_t first = 0;

  BAKEOFF_HD std::uint32_t first_group() const { return first / kResamplesPerBlock; }
};

}  // namespace bakeoff::kernels

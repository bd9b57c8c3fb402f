// What the bootstrap of sums draws, and how often.
#pragma once
#include "kernels/resample/weights.h"

namespace bakeoff::kernels {

// What is drawn together. Rows of a unit share its weight.
struct ResampleUnits {
  Index count = 0;
  const std::int64_t* ids = nullptr;     // count; nullptr: first_id, first_id + 1, ...
  std::int64_t first_id = 0;             // without ids: the global index of the first unit (of the first row, by row)
  const std::int32_t* of_row = nullptr;  // N: the unit of each row, as an index into ids; nullptr: row i is unit i

  static ResampleUnits rows(Index count, std::int64_t first_row = 0) { return {count, nullptr, first_row, nullptr}; }
};

/// The id of a unit by its place.
BAKEOFF_HD BAKEOFF_INLINE std::int64_t id_at(const ResampleUnits& units, Index place) {
  return units.ids ? units.ids[place] : units.first_id + place;
}

// Resamples first ... first + count - 1 of a seed; `first` is a multiple of 8.
struct Resamples {
  RngKey key;
  int count = 0;
  std::uint32_t first = 0;

  BAKEOFF_HD std::uint32_t first_group() const { return first / kResamplesPerBlock; }
};

}  // namespace bakeoff::kernels

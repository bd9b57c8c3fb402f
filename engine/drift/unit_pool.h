// A column of both sides, counted by unit. Inner to this layer.
#pragma once
#include <cstdint>
#include <vector>

#include "drift/shares.h"
#include "drift/table_view.h"

namespace bakeoff {

// Units of the reference come first: 0 ... in_reference - 1.
struct UnitCodes {
  std::vector<std::int32_t> reference, current;  // a unit a row
  std::int32_t in_reference = 0, count = 0;
};

struct UnitPool {
  struct Entry {
    std::size_t value;
    std::uint64_t count;
  };
  bool text = false;
  std::vector<double> values;      // different ones, ascending; of text only as many as there are categories
  std::vector<Entry> entries;      // unit after unit
  std::vector<std::size_t> first;  // of each unit, and the end
  Counts total;                    // of each value, then of the missing

  // What the units of a side have of each value.
  Counts counts(const std::vector<char>& in_side) const;
};

UnitPool pool_column(const ColumnView& reference, const ColumnView& current, const UnitCodes& units);

// The statistics of the tests, by name, that DriftBatch reports for these two sides; of `missing` the change's size.
std::vector<double> statistics_of(const UnitPool& pool, const Counts& reference, const std::vector<std::string>& tests,
                                  int bins);

}  // namespace bakeoff

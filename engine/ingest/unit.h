// The unit of resampling: rows with the same id are drawn together.
#pragma once
#include <cstdint>
#include <vector>

#include "ingest/dataset.h"
#include "spec/spec.h"

namespace bakeoff {

// One id a row (METRICS, the weight law): integers as they are (a uint64 in two's complement), text as the XXH3-64 of
// its UTF-8, a time as its UTC microseconds; periods of a time as the UTC microseconds of their first instant in the
// zone. Empty if the spec names no unit: the id of a row is its global index. DataError, with the row, for a missing id
// or for numbers that are no integers; SpecError for an unknown zone or a period that isn't days or a part of a day.
std::vector<std::int64_t> unit_ids(const Dataset& data, const UnitSpec& unit);

}  // namespace bakeoff

#include "ingest/unit.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cmath>

#include "core/error.h"
#include "ingest/calendar.h"

namespace bakeoff {
namespace {

using Ids = std::vector<std::int64_t>;

[[noreturn]] void refuse_missing(const Dataset& data, const std::string& column, std::int64_t row) {
  throw DataError(data.place(column, row) +
                  ": expected the id of a unit in each row, got a missing value; fill it, or " + "drop the row");
}

Ids ids_of(const Dataset& data, const std::string& name, const NumericColumn& column) {
  if (!column.integer)
    throw DataError(data.source() + ": column '" + name +
                    "' holds floating-point numbers; expected integers or text as " +
                    "ids of units: convert it to an integer type (missing values make pandas use floats)");
  Ids ids(column.values.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (std::isnan(column.values[i])) refuse_missing(data, name, static_cast<std::int64_t>(i));
    ids[i] = column.exact.empty() ? static_cast<std::int64_t>(column.values[i]) : column.exact[i];
  }
  return ids;
}

Ids ids_of(const Dataset& data, const std::string& name, const CategoricalColumn& column) {
  Ids hashes(column.categories.size());
  for (std::size_t c = 0; c < hashes.size(); ++c)
    hashes[c] = static_cast<std::int64_t>(XXH3_64bits(column.categories[c].data(), column.categories[c].size()));
  Ids ids(column.codes.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (column.codes[i] < 0) refuse_missing(data, name, static_cast<std::int64_t>(i));
    ids[i] = hashes[column.codes[i]];
  }
  return ids;
}

Ids ids_of(const Dataset& data, const std::string& name, const TimeColumn& column) {
  for (std::size_t i = 0; i < column.micros.size(); ++i)
    if (column.micros[i] == TimeColumn::kMissingTime) refuse_missing(data, name, static_cast<std::int64_t>(i));
  return column.micros;
}

}  // namespace

Ids unit_ids(const Dataset& data, const UnitSpec& unit) {
  if (unit.none()) return {};
  if (!unit.column.empty())
    return std::visit([&](const auto& column) { return ids_of(data, unit.column, column); },
                      data.column(unit.column).data);
  Ids ids = ids_of(data, unit.time, data.time(unit.time));
  ZoneClock clock(unit.zone);
  for (std::int64_t& id : ids) id = clock.period_start(id, unit.every);
  return ids;
}

}  // namespace bakeoff

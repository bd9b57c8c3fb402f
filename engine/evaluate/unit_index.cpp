#include "evaluate/unit_index.h"

#include <algorithm>
#include <limits>

#include "core/error.h"

namespace bakeoff {

UnitIndex make_unit_index(const std::int64_t* unit, std::int64_t rows) {
  UnitIndex index;
  index.rows = rows;
  if (!unit || rows == 0) return index;
  // Rows of a unit often stand together (a day's, a user's): one look-up a run.
  for (std::int64_t i = 0; i < index.rows; ++i)
    if (i == 0 || unit[i] != unit[i - 1]) index.ids.push_back(unit[i]);
  std::sort(index.ids.begin(), index.ids.end());
  index.ids.erase(std::unique(index.ids.begin(), index.ids.end()), index.ids.end());
  if (index.ids.size() > std::numeric_limits<std::int32_t>::max())
    throw DataError("units: expected fewer than 2^31 different ones, got " + std::to_string(index.ids.size()));
  index.of_row.resize(static_cast<std::size_t>(index.rows));
  for (std::int64_t i = 0; i < index.rows; ++i)
    index.of_row[i] = i > 0 && unit[i] == unit[i - 1]
                          ? index.of_row[i - 1]
                          : static_cast<std::int32_t>(std::lower_bound(index.ids.begin(), index.ids.end(), unit[i]) -
                                                      index.ids.begin());
  return index;
}

}  // namespace bakeoff

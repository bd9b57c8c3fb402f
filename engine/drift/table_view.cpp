#include "drift/table_view.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {
namespace {

bool add_view(const Column& column, TableView& to) {
  if (const auto* number = std::get_if<NumericColumn>(&column.data)) {
    to.columns.push_back({column.name, kernels::vector_view(number->values.data(), column.size())});
  } else if (const auto* text = std::get_if<CategoricalColumn>(&column.data)) {
    to.columns.push_back({column.name, text});
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool ColumnView::all_missing() const {
  if (const auto* text = std::get_if<const CategoricalColumn*>(&data))
    return std::all_of((*text)->codes.begin(), (*text)->codes.end(), [](std::int32_t code) { return code < 0; });
  const Numbers& numbers = std::get<Numbers>(data);
  for (Index i = 0; i < numbers.extent(0); ++i)
    if (!std::isnan(numbers(i))) return false;
  return true;
}

TableView view_of(const Dataset& data, const std::vector<std::string>& columns) {
  TableView table{{}, data.rows(), data.source()};
  if (columns.empty()) {
    for (const Column& column : data.columns()) add_view(column, table);
    if (table.columns.empty())
      throw DataError(data.source() + ": expected columns of numbers or text, got none: drift has nothing to compare");
  }
  for (const std::string& name : columns)
    if (!add_view(data.column(name), table))
      throw DataError(data.source() + ": column '" + printable(name) +
                      "': expected numbers or text, got times, which always move on; leave it out");
  return table;
}

const ColumnView& column_of(const TableView& table, const std::string& name) {
  std::vector<std::string> known;
  for (const ColumnView& column : table.columns) {
    if (column.name == name) return column;
    known.push_back(column.name);
  }
  throw DataError(table.source + ": no column '" + printable(name) + "'" + hint(name, known));
}

}  // namespace bakeoff

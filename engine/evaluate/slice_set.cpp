#include "evaluate/slice_set.h"

#include <algorithm>

namespace bakeoff {
namespace {

constexpr std::int64_t kNoRow = 0;

// The distinct units of a slice, and each row's place among them. `mark` holds -1 for every unit, before and after.
void list_units(const kernels::SliceRows& slice, const UnitIndex& index, std::vector<std::int32_t>& mark,
                std::vector<std::int64_t>& units, std::vector<std::int32_t>& of_row) {
  for (Index i = 0; i < slice.count; ++i) {
    std::int32_t& seen = mark[index.of_row[slice.row_at(i)]];
    if (seen < 0) units.push_back(index.of_row[slice.row_at(i)]);
    seen = 0;
  }
  std::sort(units.begin(), units.end());
  for (std::size_t u = 0; u < units.size(); ++u) mark[units[u]] = static_cast<std::int32_t>(u);
  of_row.resize(static_cast<std::size_t>(slice.count));
  for (Index i = 0; i < slice.count; ++i) of_row[i] = mark[index.of_row[slice.row_at(i)]];
  for (const std::int64_t unit : units) mark[unit] = -1;
}

}  // namespace

SliceSet make_slice_set(const std::vector<Slice>& slices, const UnitIndex& units,
                        const std::vector<std::int64_t>& wanted, const DeviceRows* device) {
  SliceSet set;
  set.device = device;
  set.slice = wanted;
  set.views.resize(wanted.size());
  if (!units.by_row()) {
    set.units.resize(wanted.size());
    set.unit_of_row.resize(wanted.size());
  }
  std::vector<std::int32_t> mark(units.by_row() ? 0 : units.ids.size(), -1);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    kernels::SliceRows& view = set.views[i];
    view.count = units.rows;
    if (wanted[i] > 0) {
      const std::vector<std::int64_t>& rows = slices[static_cast<std::size_t>(wanted[i]) - 1].rows;
      view.row = rows.empty() ? &kNoRow : rows.data();  // null would be all rows
      view.count = static_cast<Index>(rows.size());
    }
    if (units.by_row()) continue;
    list_units(view, units, mark, set.units[i], set.unit_of_row[i]);
    view.unit = set.units[i].data();
    view.units = static_cast<Index>(set.units[i].size());
    set.unit_of_row[i].reserve(1);  // null would be by row
    view.unit_of_row = set.unit_of_row[i].data();
  }
  return set;
}

}  // namespace bakeoff

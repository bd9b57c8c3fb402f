#include "run_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "core/error.h"
#include "core/text.h"
#include "ingest/calendar.h"
#include "ingest/feature.h"
#include "ingest/read.h"
#include "ingest/unit.h"
#include "kernels/philox.h"

namespace bakeoff {
namespace {

std::vector<std::string> needed_columns(const Spec& spec, const std::vector<std::string>& extra) {
  std::set<std::string> names(extra.begin(), extra.end());
  names.insert(spec.data.features.numeric.begin(), spec.data.features.numeric.end());
  names.insert(spec.data.target);
  names.insert(spec.gate.slices.begin(), spec.gate.slices.end());
  names.insert(spec.data.features.categorical.begin(), spec.data.features.categorical.end());
  for (const std::string& part : spec.data.features.time_parts) names.insert(parse_time_part(part)->column);
  for (const std::string& name : {spec.data.time, spec.data.unit.time, spec.data.unit.column})
    if (!name.empty()) names.insert(name);
  return {names.begin(), names.end()};
}

std::vector<std::int64_t> order_of_time(const Dataset& data, const std::string& column) {
  const std::vector<Micros>& times = data.time(column).micros;
  for (std::size_t i = 0; i < times.size(); ++i)
    if (times[i] == TimeColumn::kMissingTime)
      throw DataError(data.place(column, static_cast<std::int64_t>(i)) + ": expected a time, it is missing");
  std::vector<std::int64_t> order(times.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return times[a] < times[b]; });
  return order;
}

std::vector<double> text_labels(const Dataset& data, const CategoricalColumn& column, const std::string& name) {
  if (column.categories.size() != 2)
    throw DataError(data.source() + ": target '" + name + "': expected two classes, got " +
                    std::to_string(column.categories.size()) + " different texts");
  const int positive = column.categories[1] > column.categories[0];
  std::vector<double> labels(column.codes.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = column.codes[i] < 0 ? kNaN : column.codes[i] == positive;
  return labels;
}

// The classes that occur, and each row's place among them; NaN where it is missing.
std::vector<double> class_labels(const Dataset& data, const std::string& name, std::vector<std::string>& classes) {
  std::vector<double> labels;
  if (const auto* text = std::get_if<CategoricalColumn>(&data.column(name).data)) {
    std::map<std::string, double> places;
    for (const std::int32_t code : text->codes)
      if (code >= 0) places.emplace(text->categories[code], 0);
    for (auto& [category, place] : places) {
      place = static_cast<double>(classes.size());
      classes.push_back(category);
    }
    for (const std::int32_t code : text->codes) labels.push_back(code < 0 ? kNaN : places[text->categories[code]]);
    return labels;
  }
  labels = data.numeric(name).values;
  std::set<double> found;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (std::isnan(labels[i])) continue;
    if (labels[i] != std::floor(labels[i]) || !(std::abs(labels[i]) < 0x1p53))
      throw DataError(data.place(name, static_cast<std::int64_t>(i)) +
                      ": expected a class, a text or an integer, got " + shortest(labels[i]));
    found.insert(labels[i]);
  }
  for (const double value : found) classes.push_back(std::to_string(static_cast<std::int64_t>(value)));
  const std::vector<double> sorted(found.begin(), found.end());
  for (double& y : labels)
    if (!std::isnan(y)) y = static_cast<double>(std::lower_bound(sorted.begin(), sorted.end(), y) - sorted.begin());
  return labels;
}

const char* expected_of(Task task) {
  return task == Task::binary ? "0 or 1" : task == Task::regression ? "a finite number" : "a class";
}

std::vector<double> read_labels(const Dataset& data, const DataSpec& spec, std::vector<std::string>& classes) {
  std::vector<double> labels;
  if (const auto* text = std::get_if<CategoricalColumn>(&data.column(spec.target).data);
      text && spec.task == Task::binary)
    labels = text_labels(data, *text, spec.target);
  else if (spec.task == Task::multiclass)
    labels = class_labels(data, spec.target, classes);
  else
    labels = data.numeric(spec.target).values;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool good = spec.task == Task::binary ? labels[i] == 0 || labels[i] == 1 : std::isfinite(labels[i]);
    if (!good)
      throw DataError(data.place(spec.target, static_cast<std::int64_t>(i)) + ": expected the target to be " +
                      expected_of(spec.task) + ", got " + (std::isnan(labels[i]) ? "nothing" : shortest(labels[i])));
  }
  if (!labels.empty() && std::all_of(labels.begin(), labels.end(), [&](double y) { return y == labels[0]; }))
    throw DataError(data.source() + ": target '" + spec.target + "' is " +
                    (classes.empty() ? shortest(labels[0]) : "'" + printable(classes[0]) + "'") + " in all of " +
                    std::to_string(labels.size()) + " rows; there is nothing to learn");
  return labels;
}

// Whole days are calendar days of the zone: a holdout of 14d ends at midnight, also when the clocks change in it.
Micros later(ZoneClock& clock, Micros time, Micros period) {
  if (period % kDay != 0) return time + period;
  const Micros local = clock.local(time);
  const std::int64_t day = floor_div(local, kDay);
  return clock.day_start(day + period / kDay) + (local - day * kDay);
}

Micros holdout_end(const Spec& spec) {
  ZoneClock clock(spec.data.unit.zone);
  return later(clock, later(clock, *spec.split.at, spec.split.select), spec.split.holdout);
}

// What comes after the holdout is not there for this decision, whatever its values, its labels and its flaws are.
void leave_out_later(const std::vector<Micros>& times, Micros end, std::vector<std::int64_t>& order) {
  const auto first = std::partition_point(order.begin(), order.end(), [&](auto row) { return times[row] < end; });
  order.erase(first, order.end());
}

void require_rows(const RowRange& range, const char* what, Micros begin, Micros end) {
  if (range.size() > 0) return;
  throw DataError(std::string(what) + ": no rows in [" + format_time(begin) + ", " + format_time(end) +
                  "); move split.at or take more data");
}

}  // namespace

RunTable read_run_table(const Execution& execution, const Spec& spec, const std::vector<std::string>& extra) {
  RunTable table;
  table.data = read_dataset(execution, spec.data.source, needed_columns(spec, extra));
  table.hash = table.data.content_hash(needed_columns(spec, {}));
  if (!spec.data.time.empty()) {
    std::vector<std::int64_t> order = order_of_time(table.data, spec.data.time);
    if (spec.split.at) leave_out_later(table.data.time(spec.data.time).micros, holdout_end(spec), order);
    const bool all = static_cast<std::int64_t>(order.size()) == table.data.rows();
    if (!all || !std::is_sorted(order.begin(), order.end())) table.data = table.data.take(order);
    table.times = table.data.time(spec.data.time).micros;
  }
  table.labels = read_labels(table.data, spec.data, table.classes);
  table.units = unit_ids(table.data, spec.data.unit);
  return table;
}

RowRange rows_between(const std::vector<Micros>& times, Micros begin, Micros end) {
  const auto at = [&](Micros t) { return std::lower_bound(times.begin(), times.end(), t) - times.begin(); };
  return {at(begin), std::max(at(begin), at(end))};
}

Periods split_periods(const RunTable& table, const Spec& spec) {
  const SplitSpec& split = spec.split;
  ZoneClock clock(spec.data.unit.zone);
  const Micros at = *split.at, chosen = later(clock, at, split.select), end = holdout_end(spec);
  constexpr Micros kBeginning = std::numeric_limits<Micros>::min() + 1;
  Periods out;
  out.trained_until = later(clock, at, -split.gap);
  out.train = rows_between(table.times, kBeginning, out.trained_until);
  out.select = rows_between(table.times, at, chosen);
  out.holdout = rows_between(table.times, chosen, end);
  out.decided = later(clock, end, spec.data.label_delay);
  require_rows(out.train, "training rows", table.times.empty() ? at : table.times.front(), out.trained_until);
  require_rows(out.select, "select", at, chosen);
  require_rows(out.holdout, "holdout", chosen, end);
  return out;
}

std::vector<std::int32_t> fold_ids(const RunTable& table, const SplitSpec& split, std::uint64_t seed) {
  const auto rows = static_cast<std::int64_t>(table.labels.size());
  std::vector<std::int32_t> folds(static_cast<std::size_t>(rows));
  if (split.by == "time") {
    for (std::int64_t i = 0; i < rows; ++i) folds[i] = static_cast<std::int32_t>(i * split.folds / rows);
    return folds;
  }
  const bool group = split.by == "group";
  if (group && table.units.empty())
    throw SpecError("split.by: group needs data.unit, which says what rows belong together");
  // Sorted by a random key of each unit, then dealt out in turn: folds of equal size, whatever the order of the rows.
  std::vector<std::int64_t> ids(static_cast<std::size_t>(rows));
  if (group)
    ids = table.units;
  else
    std::iota(ids.begin(), ids.end(), 0);
  std::vector<std::int64_t> distinct(ids);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  const kernels::RngKey key = kernels::RngKey::from_seed(seed);
  std::vector<std::pair<std::uint64_t, std::int64_t>> drawn;
  for (const std::int64_t id : distinct) {
    const auto u = static_cast<std::uint64_t>(id);
    const kernels::Counter c =
        kernels::philox(key, {{static_cast<std::uint32_t>(u), static_cast<std::uint32_t>(u >> 32), 0,
                               static_cast<std::uint32_t>(kernels::Stream4::folds)}});
    drawn.emplace_back(std::uint64_t{c.word[0]} << 32 | c.word[1], id);
  }
  std::sort(drawn.begin(), drawn.end());
  std::vector<std::int32_t> fold_of(distinct.size());
  for (std::size_t i = 0; i < drawn.size(); ++i)
    fold_of[std::lower_bound(distinct.begin(), distinct.end(), drawn[i].second) - distinct.begin()] =
        static_cast<std::int32_t>(i % static_cast<std::size_t>(split.folds));
  for (std::int64_t i = 0; i < rows; ++i)
    folds[i] = fold_of[std::lower_bound(distinct.begin(), distinct.end(), ids[i]) - distinct.begin()];
  return folds;
}

}  // namespace bakeoff

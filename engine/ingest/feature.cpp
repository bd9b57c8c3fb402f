#include "ingest/feature.h"

#include <date/date.h>

#include <cmath>
#include <unordered_map>

#include "core/error.h"
#include "core/text.h"
#include "ingest/calendar.h"

namespace bakeoff {
namespace {

CategoricalColumn integers_as_text(const NumericColumn& column) {
  CategoricalColumn out;
  out.codes.resize(column.values.size(), -1);
  std::unordered_map<std::int64_t, std::int32_t> code_of;
  for (std::size_t i = 0; i < out.codes.size(); ++i) {
    if (std::isnan(column.values[i])) continue;
    const std::int64_t value = column.exact.empty() ? static_cast<std::int64_t>(column.values[i]) : column.exact[i];
    const auto [found, is_new] = code_of.try_emplace(value, static_cast<std::int32_t>(out.categories.size()));
    if (is_new) out.categories.push_back(std::to_string(value));
    out.codes[i] = found->second;
  }
  return out;
}

unsigned month_of(std::int64_t day) {
  const date::year_month_day date{date::sys_days(date::days(day))};
  return static_cast<unsigned>(date.month());
}

}  // namespace

std::optional<TimePart> parse_time_part(const std::string& feature) {
  for (const char* part : {"hour", "weekday", "month"}) {
    const std::string ending = std::string(".") + part;
    if (feature.size() > ending.size() && feature.ends_with(ending))
      return TimePart{feature.substr(0, feature.size() - ending.size()), part};
  }
  return std::nullopt;
}

CategoricalColumn time_part(const TimeColumn& times, const std::string& part, const std::string& zone) {
  const int first = part == "month" ? 1 : 0;
  const int count = part == "hour" ? 24 : part == "weekday" ? 7 : part == "month" ? 12 : 0;
  if (count == 0) throw SpecError("part of a time: expected hour, weekday or month, got '" + printable(part) + "'");
  CategoricalColumn out;
  for (int i = 0; i < count; ++i) out.categories.push_back(std::to_string(first + i));
  out.codes.resize(times.micros.size(), -1);
  ZoneClock clock(zone);
  for (std::size_t i = 0; i < out.codes.size(); ++i) {
    if (times.micros[i] == TimeColumn::kMissingTime) continue;
    const Micros local = clock.local(times.micros[i]);
    const std::int64_t day = floor_div(local, kDay);
    if (part == "hour") {
      out.codes[i] = static_cast<std::int32_t>((local - day * kDay) / (3600 * kSecond));
    } else if (part == "weekday") {
      constexpr std::int64_t kThursday = 3;  // 1970-01-01
      const std::int64_t from_monday = day + kThursday;
      out.codes[i] = static_cast<std::int32_t>(from_monday - floor_div(from_monday, 7) * 7);
    } else {
      out.codes[i] = static_cast<std::int32_t>(month_of(day)) - 1;
    }
  }
  return out;
}

CategoricalColumn categorical_feature(const Dataset& data, const std::string& feature, const std::string& zone) {
  if (!data.has(feature))
    if (const auto part = parse_time_part(feature); part && data.has(part->column))
      return time_part(data.time(part->column), part->part, zone);
  const Column& column = data.column(feature);
  if (const auto* text = std::get_if<CategoricalColumn>(&column.data)) return *text;
  const auto* numbers = std::get_if<NumericColumn>(&column.data);
  if (numbers && numbers->integer) return integers_as_text(*numbers);
  if (column.all_missing()) {
    CategoricalColumn none;
    none.codes.resize(static_cast<std::size_t>(column.size()), -1);
    return none;
  }
  throw DataError(
      data.source() + ": column '" + feature + "' holds " +
      (numbers ? "floating-point numbers; expected text, integers or booleans for a categorical feature: " +
                     std::string("list it under numeric, or convert it")
               : "times; a categorical feature takes a part of it: '" + feature + ".hour', '.weekday' or '.month'"));
}

}  // namespace bakeoff

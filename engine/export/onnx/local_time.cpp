#include "export/onnx/local_time.h"

#include <date/date.h>
#include <date/tz.h>

#include <bit>
#include <limits>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff::onnx {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMissing = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kSecondsOfDay = 86'400;

// ONNX's Div rounds towards zero; its Mod on integers has the sign of the divisor, so that this rounds down.
Value floor_div(Graph& graph, const Value& a, std::int64_t b) {
  const Value divisor = graph.scalar(b);
  const Value rest = graph.node("Mod", {a, divisor});
  return graph.node("Div", {graph.node("Sub", {a, rest}), divisor});
}

Value times(Graph& graph, std::int64_t factor, const Value& a) { return graph.node("Mul", {a, graph.scalar(factor)}); }
Value plus(Graph& graph, const Value& a, std::int64_t b) { return graph.node("Add", {a, graph.scalar(b)}); }

// How many changes are <= `second`: a binary search without branches over the table, padded to 2^k - 1 with "never".
// Comparing with every change instead would take batch x changes of memory.
Value count_changes(Graph& graph, const Value& second, std::vector<std::int64_t> changes) {
  const auto size = static_cast<std::int64_t>(std::bit_ceil(changes.size() + 1));
  changes.resize(static_cast<std::size_t>(size - 1), kNever);
  const Value table = graph.constant(changes, {size - 1});
  Value count = graph.node("Mul", {second, graph.scalar(std::int64_t{0})});
  for (std::int64_t step = size / 2; step > 0; step /= 2) {
    const Value change = graph.node("Gather", {table, plus(graph, count, step - 1)});
    const Value passed = graph.node("LessOrEqual", {change, second});
    count = graph.node("Where", {passed, plus(graph, count, step), count});
  }
  return count;
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days; no term is negative after the era.
Value month_of(Graph& graph, const Value& day) {
  const Value shifted = plus(graph, day, 719'468);  // days since 0000-03-01
  const Value day_of_era = graph.node("Mod", {shifted, graph.scalar(std::int64_t{146'097})});
  const auto quotient = [&](const Value& a, std::int64_t b) { return graph.node("Div", {a, graph.scalar(b)}); };
  const auto minus = [&](const Value& a, const Value& b) { return graph.node("Sub", {a, b}); };
  const auto add = [&](const Value& a, const Value& b) { return graph.node("Add", {a, b}); };
  const Value year_of_era =
      quotient(minus(add(minus(day_of_era, quotient(day_of_era, 1'460)), quotient(day_of_era, 36'524)),
                     quotient(day_of_era, 146'096)),
               365);
  const Value days_before =
      minus(add(times(graph, 365, year_of_era), quotient(year_of_era, 4)), quotient(year_of_era, 100));
  const Value day_of_year = minus(day_of_era, days_before);
  const Value month_from_march = quotient(plus(graph, times(graph, 5, day_of_year), 2), 153);
  return plus(graph, graph.node("Mod", {plus(graph, month_from_march, 2), graph.scalar(std::int64_t{12})}), 1);
}

}  // namespace

ZoneSteps zone_steps(const std::string& name) {
  using date::sys_seconds;
  const date::time_zone* zone = nullptr;
  try {
    zone = date::locate_zone(name);
  } catch (const std::exception&) {
    throw SpecError("zone: expected an IANA name such as America/New_York or UTC, got '" + printable(name) +
                    "'; correct it, or install the package tzdata if this machine has no time zones");
  }
  const sys_seconds first = date::sys_days(date::year(1900) / 1 / 1), last = date::sys_days(date::year(2200) / 1 / 1);
  auto info = zone->get_info(first);
  ZoneSteps steps{{}, {info.offset.count()}};
  while (info.end < last) {
    const sys_seconds change = info.end;
    info = zone->get_info(change);
    if (info.offset.count() == steps.offsets.back()) continue;  // a new name or rule, the same clock
    steps.changes.push_back(change.time_since_epoch().count());
    steps.offsets.push_back(info.offset.count());
  }
  return steps;
}

LocalTime local_time(Graph& graph, const Value& time, const ZoneSteps& zone) {
  LocalTime local;
  local.missing = graph.node("Equal", {time, graph.scalar(kMissing)});
  const Value known = graph.node("Where", {local.missing, graph.scalar(std::int64_t{0}), time});
  const Value second = floor_div(graph, known, 1'000'000);
  Value clock;
  if (zone.changes.empty()) {
    clock = plus(graph, second, zone.offsets.front());
  } else {
    // Offsets padded like the changes; a padded one is never reached.
    std::vector<std::int64_t> offsets = zone.offsets;
    offsets.resize(std::bit_ceil(offsets.size()), offsets.back());
    const Value table = graph.constant(offsets, {static_cast<std::int64_t>(offsets.size())});
    clock = graph.node("Add", {second, graph.node("Gather", {table, count_changes(graph, second, zone.changes)})});
  }
  local.day = floor_div(graph, clock, kSecondsOfDay);
  local.second_of_day = graph.node("Mod", {clock, graph.scalar(kSecondsOfDay)});
  return local;
}

Value part_of(Graph& graph, const LocalTime& time, const std::string& part) {
  if (part == "hour") return graph.node("Div", {time.second_of_day, graph.scalar(std::int64_t{3'600})});
  if (part == "month") return month_of(graph, time.day);
  constexpr std::int64_t kThursday = 3;  // 1970-01-01, where Monday is 0
  return graph.node("Mod", {plus(graph, time.day, kThursday), graph.scalar(std::int64_t{7})});
}

}  // namespace bakeoff::onnx

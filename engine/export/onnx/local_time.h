// Hour, weekday and month on a zone's wall clock, computed inside the graph from UTC microseconds.
#pragma once
#include <string>
#include <vector>

#include "export/onnx/graph.h"

namespace bakeoff::onnx {

// A zone as steps: before changes[0] (UTC seconds) the clock is offsets[0] seconds ahead of UTC, from changes[i] on
// offsets[i + 1].
struct ZoneSteps {
  std::vector<std::int64_t> changes, offsets;
};
// All changes between 1900 and 2200 that the machine's time zones know. SpecError for an unknown zone.
ZoneSteps zone_steps(const std::string& zone);

struct LocalTime {
  Value missing;        // bool [batch, 1]
  Value day;            // int64 [batch, 1], since 1970-01-01 on that clock; any where missing
  Value second_of_day;  // int64 [batch, 1]
};
// `time`: int64 [batch, 1], UTC microseconds, INT64_MIN where missing.
LocalTime local_time(Graph& graph, const Value& time, const ZoneSteps& zone);

// "hour" 0..23, "weekday" 0..6 from Monday, "month" 1..12: int64 [batch, 1].
Value part_of(Graph& graph, const LocalTime& time, const std::string& part);

}  // namespace bakeoff::onnx

// Small models and data with every kind of term, and the Python that judges.
#pragma once
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "../../source_dir.h"
#include "export/onnx/runtime.h"
#include "train/model.h"

namespace bakeoff {

inline constexpr const char* kNewYork = "America/New_York";

// UTC microseconds.
inline Micros at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, int second = 0) {
  using namespace std::chrono;
  const sys_days date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return duration_cast<microseconds>((date + hours(hour) + minutes(minute) + seconds(second)).time_since_epoch())
      .count();
}

inline CategoricalColumn text_column(const std::vector<const char*>& values) {  // nullptr: missing
  CategoricalColumn column;
  for (const char* value : values) {
    const auto found = std::find(column.categories.begin(), column.categories.end(), value ? value : "");
    column.codes.push_back(value ? static_cast<std::int32_t>(found - column.categories.begin()) : -1);
    if (value && found == column.categories.end()) column.categories.push_back(value);
  }
  return column;
}

// Six rows: values missing, known, unknown, of odd spelling, and times around both changes of New York's clock.
inline Dataset flights() {
  NumericColumn distance{{200, kNaN, 1400.5, -1e6, 0, 2475}, false, {}};
  NumericColumn seats{{100, 150, kNaN, 2, 3, 4}, true, {}};
  const auto origin = text_column({"JFK", "EWR", nullptr, "LGA", "jfk", "JFK"});
  const auto carrier = text_column({"ü\n\"x\"", "AA", "AA", nullptr, "DL", "DL"});
  const TimeColumn time{{at(2013, 3, 10, 6, 59, 59), at(2013, 3, 10, 7), at(2013, 11, 3, 5, 59, 59), at(2013, 11, 3, 6),
                         TimeColumn::kMissingTime, at(2013, 1, 1, 4, 59, 59)}};
  return Dataset(
      {{"distance", distance}, {"seats", seats}, {"origin", origin}, {"carrier", carrier}, {"time_hour", time}},
      "flights");
}

// `count` coefficients that are no round numbers.
inline std::vector<float> ragged(std::size_t count, float step) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(step * static_cast<float>(i + 1) / 3 - 1);
  return values;
}

inline std::vector<std::string> numbers(int first, int last) {
  std::vector<std::string> texts;
  for (int i = first; i <= last; ++i) texts.push_back(std::to_string(i));
  return texts;
}

inline LinearModel::Parts flight_parts() {
  LinearModel::Parts parts;
  parts.zone = kNewYork;
  parts.intercept = -0.7f;
  parts.numeric = {{"distance", 1039.9126f, 0.00031f}, {"seats", 137.f, -0.011f}};
  parts.categorical = {{"origin", {"JFK", "EWR"}, {0.3f, -0.2f}, 0.05f, -0.4f},
                       {"carrier", {"AA", "ü\n\"x\""}, {0.11f, -0.6f}, 0.9f, 0.7f},
                       {"time_hour.hour", numbers(0, 23), ragged(24, 0.1f), 0.f, 0.25f},
                       {"time_hour.weekday", {"0", "6"}, {0.2f, -0.1f}, 0.33f, -0.25f},
                       {"time_hour.month", numbers(1, 12), ragged(12, 0.05f), 0.f, 0.125f}};
  return parts;
}

// The project's own Python and package judge, wherever the tests are built.
inline void use_project_python() {
  const auto root = test::source_dir();
  const auto python = root / ".venv" / "bin" / "python";
  if (!getenv("BAKEOFF_PYTHON") && std::filesystem::exists(python)) setenv("BAKEOFF_PYTHON", python.c_str(), 1);
  setenv("PYTHONPATH", (root / "python-bindings").c_str(), 1);
}

}  // namespace bakeoff

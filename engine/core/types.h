// Words that every stage shares.
#pragma once
#include <cstdint>
#include <limits>
#include <string>

#include "kernels/metrics/words.h"

namespace bakeoff {

using kernels::Direction;
using kernels::Reason;
using kernels::Task;

// As specs and error texts call it.
constexpr const char* task_name(Task task) {
  return task == Task::binary ? "binary" : task == Task::regression ? "regression" : "multiclass";
}

using Micros = std::int64_t;  // a time is its UTC microseconds, a period a number of them
inline constexpr Micros kSecond = 1'000'000, kDay = 86'400 * kSecond;
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A value with the ends of its two-sided interval; NaN where undefined.
struct Interval {
  double value = kNaN, low = kNaN, high = kNaN;
};

}  // namespace bakeoff

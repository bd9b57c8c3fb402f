// What the whole engine says of metrics; apart from metric.h, so that a change there does not compile all layers anew.
#pragma once
#include <cstdint>

namespace bakeoff::kernels {

enum class Task : std::uint8_t { binary, regression, multiclass };  // the last has metrics of its own
// neither: it describes a model, and more of it is not better or worse. It can't be an objective.
enum class Direction : std::uint8_t { maximize, minimize, neither };

// Why a value is NaN, or a convention instead of a measurement (zero_division, constant_target).
enum class Reason : std::uint8_t { ok, empty, no_weight, one_class, constant_target, zero_division, too_few_rows };

}  // namespace bakeoff::kernels

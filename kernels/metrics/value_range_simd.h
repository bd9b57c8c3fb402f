// The loop of value_range on the CPU.
#pragma once
#include "kernels/isa.h"
#include "kernels/metrics/value_range.h"

namespace bakeoff::kernels {

namespace v2 {
ValueRange range_of(const float* values, Index stride, Index n);
ValueRange range_of(const double* values, Index stride, Index n);
Index nonzero_of(const double* values, Index n);
}  // namespace v2
namespace v3 {
ValueRange range_of(const float* values, Index stride, Index n);
ValueRange range_of(const double* values, Index stride, Index n);
Index nonzero_of(const double* values, Index n);
}  // namespace v3
namespace v4 {
ValueRange range_of(const float* values, Index stride, Index n);
ValueRange range_of(const double* values, Index stride, Index n);
Index nonzero_of(const double* values, Index n);
}  // namespace v4

}  // namespace bakeoff::kernels

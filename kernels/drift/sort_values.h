// The values of a column in ascending order, without those that are missing.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

/// Bytes of scratch, aligned to 64, on the CPU, and on the GPU of the calling thread.
std::size_t sort_values_scratch_bytes(const Workers& workers, Index rows);
std::size_t sort_values_scratch_bytes(Stream stream, Index rows);

/// Writes the values that are not NaN to `out`, ascending (-0 becomes 0), and returns how many they are. At most 2^31
/// values. `out` has room for all of them and may be `values` itself.
Index sort_values(const Workers& workers, TensorView<const double, 1> values, double* out, void* scratch);
/// The same on the GPU, where all pointers are; places beyond the count hold NaN.
void sort_values(Stream stream, TensorView<const double, 1> values, double* out, Index* count, void* scratch);

}  // namespace bakeoff::kernels

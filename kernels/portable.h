// One formula, written once, for the host and for the device.
#pragma once
#include <cstddef>
#include <cstdint>

#if defined(__CUDACC__)
#define BAKEOFF_HD __host__ __device__
#else
#define BAKEOFF_HD
#endif
// For what must be inlined into a loop that is compiled for several instruction sets.
#define BAKEOFF_INLINE inline __attribute__((always_inline))

namespace bakeoff::kernels {
using Index = std::int64_t;  // rows, always: int32 stops at 2^31 rows
}

// Counts of one chunk on the CPU. Compiled once for each instruction set.
#pragma once
#include "kernels/drift/bin_counts.h"
#include "kernels/isa.h"

namespace bakeoff::kernels {

#define BAKEOFF_BIN_COUNTS_SIMD                                                                                \
  /* at_most[k] = values that are <= edge[k]; at_most[edges.count] = values that aren't NaN. At most 4,096. */ \
  void count_at_most(const double* values, Index stride, Index n, const BinEdges& edges, std::uint32_t* at_most);
namespace v2 {
BAKEOFF_BIN_COUNTS_SIMD
}  // namespace v2
namespace v3 {
BAKEOFF_BIN_COUNTS_SIMD
}  // namespace v3
namespace v4 {
BAKEOFF_BIN_COUNTS_SIMD
}  // namespace v4
#undef BAKEOFF_BIN_COUNTS_SIMD

}  // namespace bakeoff::kernels

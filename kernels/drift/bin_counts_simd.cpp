// A comparison with every edge and no table: 9 edges cost less than the increments of a histogram, which wait for each
// other. One pass over the chunk (32 KiB, in L1) for each edge.
#pragma GCC optimize("O3")
#include "kernels/drift/bin_counts_simd.h"
#include "kernels/order.h"

namespace bakeoff::kernels::BAKEOFF_ISA {

void count_at_most(const double* values, Index stride, Index n, const BinEdges& edges, std::uint32_t* at_most) {
  double copy[kChunkRows];
  const double* v = values;
  if (stride != 1) {
    for (Index i = 0; i < n; ++i) copy[i] = values[i * stride];
    v = copy;
  }
  // As wide as the values, so that the masks are subtracted as they come.
  for (int k = 0; k < edges.count; ++k) {
    const double edge = edges.edge[k];
    std::int64_t count = 0;
    for (Index i = 0; i < n; ++i) count += v[i] <= edge ? 1 : 0;
    at_most[k] = static_cast<std::uint32_t>(count);
  }
  std::int64_t numbers = 0;
  for (Index i = 0; i < n; ++i) numbers += v[i] == v[i] ? 1 : 0;
  at_most[edges.count] = static_cast<std::uint32_t>(numbers);
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

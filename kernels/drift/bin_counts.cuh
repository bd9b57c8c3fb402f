#pragma once
#include "kernels/drift/bin_counts.h"
#include "kernels/launch.h"

namespace bakeoff::kernels {
namespace detail {

constexpr int kBinThreads = 256;
// Values of a thread: a block's counters then fit in 32 bits, and there are few blocks to add up.
constexpr Index kBinValues = 32;

static __global__ void bin_counts_kernel(TensorView<const double, 1> values, BinEdges edges,
                                         unsigned long long* counts) {
  BAKEOFF_STATIC_SHARED(here, unsigned[kMaxBinEdges + 2]);
  const int lane = static_cast<int>(threadIdx.x);
  if (lane <= edges.bins()) here[lane] = 0;
  __syncthreads();
  const Index first = static_cast<Index>(blockIdx.x) * kBinThreads * kBinValues + lane;
  for (Index k = 0; k < kBinValues; ++k) {
    const Index i = first + k * kBinThreads;
    if (i >= values.extent(0)) break;
    const double value = values(i);
    atomicAdd(&here[value == value ? edges.bin_of(value) : edges.bins()], 1u);
  }
  __syncthreads();
  if (lane <= edges.bins() && here[lane] != 0) atomicAdd(&counts[lane], here[lane]);
}
static_assert(kMaxBinEdges + 2 <= kBinThreads);

}  // namespace detail

void bin_counts(Stream stream, TensorView<const double, 1> values, const BinEdges& edges, std::uint64_t* counts) {
  constexpr Index kBlockValues = detail::kBinThreads * detail::kBinValues;
  const Index blocks = (values.extent(0) + kBlockValues - 1) / kBlockValues;
  if (blocks == 0) return;
  static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
  launch(detail::bin_counts_kernel, dim3(static_cast<unsigned>(blocks)), dim3(detail::kBinThreads), 0, stream, values,
         edges, reinterpret_cast<unsigned long long*>(counts));
}

}  // namespace bakeoff::kernels

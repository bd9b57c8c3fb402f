#include "kernels/drift/bin_counts.h"

#include <algorithm>
#include <atomic>

#include "kernels/drift/bin_counts_simd.h"
#include "kernels/order.h"

namespace bakeoff::kernels {
namespace {

// Chunks that one thread adds up before it shares its counts.
constexpr Index kBlockChunks = 16;

}  // namespace

void bin_counts(const Workers& workers, TensorView<const double, 1> values, const BinEdges& edges,
                std::uint64_t* counts) {
  const Index n = values.extent(0), stride = values.strides[0], chunks = chunk_count(n);
  const Isa isa = best_isa();
  workers.for_each((chunks + kBlockChunks - 1) / kBlockChunks, [&](Index block) {
    std::uint64_t at_most[kMaxBinEdges + 1] = {};
    std::uint64_t rows = 0;
    for (Index chunk = block * kBlockChunks; chunk < std::min((block + 1) * kBlockChunks, chunks); ++chunk) {
      const Index first = chunk * kChunkRows, size = std::min(kChunkRows, n - first);
      std::uint32_t part[kMaxBinEdges + 1];
      BAKEOFF_FOR_ISA(isa, count_at_most(values.data + first * stride, stride, size, edges, part));
      for (int k = 0; k <= edges.count; ++k) at_most[k] += part[k];
      rows += static_cast<std::uint64_t>(size);
    }
    for (int k = 0; k <= edges.bins(); ++k) {
      const std::uint64_t here = k > edges.count ? rows : at_most[k], before = k == 0 ? 0 : at_most[k - 1];
      std::atomic_ref<std::uint64_t>(counts[k]).fetch_add(here - before, std::memory_order_relaxed);
    }
  });
}

}  // namespace bakeoff::kernels

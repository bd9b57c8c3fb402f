#include "kernels/slices/sliced_sums.h"

#include <algorithm>

#include "kernels/metrics/pointwise.h"
#include "kernels/slices/gather.h"

namespace bakeoff::kernels {

std::size_t sliced_sums_scratch_bytes(const SliceRows* slices, Index count, Index columns) {
  Index chunks = 0;
  for (Index s = 0; s < count; ++s) chunks += chunk_count(slices[s].count);
  return partials_bytes(columns, chunks * kChunkRows) + sizeof(Index) * static_cast<std::size_t>(count + 1);
}

template <class T>
void sliced_sums(const Workers& workers, const ScoredRows<T>& rows, const SliceRows* slices, Index count, TermSet terms,
                 const MetricContext* contexts, double* sums, double* largest, void* scratch) {
  const Index columns = rows.candidates() * terms.count();
  auto* const begin = static_cast<Index*>(scratch);  // the first chunk of each slice
  begin[0] = 0;
  for (Index s = 0; s < count; ++s) begin[s + 1] = begin[s] + chunk_count(slices[s].count);
  auto* const partials = reinterpret_cast<double*>(begin + count + 1);
  const auto partials_of = [&](Index s) {
    double* const at = partials + 2 * columns * begin[s];
    return ChunkPartials{at, at + columns * (begin[s + 1] - begin[s]), begin[s + 1] - begin[s]};
  };
  const Isa isa = best_isa();
  workers.for_each(begin[count] * rows.candidates(), [&](Index item) {
    const Index m = item % rows.candidates(), place = item / rows.candidates();
    const Index s = std::upper_bound(begin, begin + count + 1, place) - begin - 1, chunk = place - begin[s];
    GatheredRows<T> gathered;
    const ChunkRows<T> part = slice_chunk(rows, slices[s], m, chunk, gathered);
    const ChunkPartials to = partials_of(s);
    const Index at = m * terms.count() * to.chunks + chunk;
    const ChunkSums out{to.sums + at, to.largest + at, to.chunks};
    BAKEOFF_FOR_ISA(isa, chunk_sums(part, terms, contexts[s].for_candidate(m), out));
  });
  for (Index s = 0; s < count; ++s)
    pointwise_totals(workers, columns, partials_of(s), sums + s * columns, largest + s * columns);
}

template void sliced_sums(const Workers&, const ScoredRows<float>&, const SliceRows*, Index, TermSet,
                          const MetricContext*, double*, double*, void*);
template void sliced_sums(const Workers&, const ScoredRows<double>&, const SliceRows*, Index, TermSet,
                          const MetricContext*, double*, double*, void*);

}  // namespace bakeoff::kernels

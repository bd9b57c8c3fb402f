#include "kernels/metrics/pointwise.h"
#include "kernels/metrics/pointwise_simd.h"

namespace bakeoff::kernels {

template <class T>
void pointwise_partials(const Workers& workers, const ScoredRows<T>& rows, TermSet terms, const MetricContext& context,
                        Index first_chunk, const ChunkPartials& partials) {
  const Index chunks = chunk_count(rows.rows());
  const Isa isa = best_isa();
  workers.for_each(rows.candidates() * chunks, [&](Index item) {
    const Index m = item / chunks, chunk = item % chunks;
    const ChunkRows<T> part = chunk_rows(rows, m, chunk);
    const Index at = m * terms.count() * partials.chunks + first_chunk + chunk;
    const ChunkSums out{partials.sums + at, partials.largest + at, partials.chunks};
    BAKEOFF_FOR_ISA(isa, chunk_sums(part, terms, context.for_candidate(m), out));
  });
}

template void pointwise_partials(const Workers&, const ScoredRows<float>&, TermSet, const MetricContext&, Index,
                                 const ChunkPartials&);
template void pointwise_partials(const Workers&, const ScoredRows<double>&, TermSet, const MetricContext&, Index,
                                 const ChunkPartials&);

void pointwise_totals(const Workers& workers, Index columns, const ChunkPartials& partials, double* sums,
                      double* largest) {
  workers.for_each(columns, [&](Index column) {
    sums[column] = largest[column] = 0;
    if (partials.chunks == 0) return;
    double* const sum = partials.sums + column * partials.chunks;
    double* const peak = partials.largest + column * partials.chunks;
    halve(sum, partials.chunks, [](double a, double b) { return a + b; });
    halve(peak, partials.chunks, [](double a, double b) { return b > a ? b : a; });
    sums[column] = sum[0];
    largest[column] = peak[0];
  });
}

}  // namespace bakeoff::kernels

// Weighted sums of per-row terms for many candidates at once, in the one order of reduction (order.h).
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/metrics/scored_rows.h"

namespace bakeoff::kernels {

// What a pass over rows leaves: for each candidate and term (a column: m * terms.count() + t) one number a chunk, in
// runs of `chunks`. Shards and streamed blocks of rows fill their own chunks; pointwise_totals then gives the whole's
// bits.
struct ChunkPartials {
  double* sums = nullptr;
  double* largest = nullptr;
  Index chunks = 0;  // of all rows
};

/// Bytes of the partials of that many rows, and their place in such memory (aligned for double).
constexpr std::size_t partials_bytes(Index columns, Index rows) {
  return 2 * sizeof(double) * static_cast<std::size_t>(columns * chunk_count(rows));
}
inline ChunkPartials partials_in(void* memory, Index columns, Index rows) {
  auto* const sums = static_cast<double*>(memory);
  return {sums, sums + columns * chunk_count(rows), chunk_count(rows)};
}

/// Fills chunks first_chunk, first_chunk + 1, ... of the partials from `rows`. All blocks of rows but the last hold a
/// multiple of 4,096 rows. `terms` has Term::weight and what else is asked for. log_loss without weights is summed as
/// -log of the product of 8 rows of a lane, one after another; its largest is -log of a chunk's smallest probability.
template <class T>
void pointwise_partials(const Workers& workers, const ScoredRows<T>& rows, TermSet terms, const MetricContext& context,
                        Index first_chunk, const ChunkPartials& partials);
template <class T>
void pointwise_partials(Stream stream, const ScoredRows<T>& rows, TermSet terms, const MetricContext& context,
                        Index first_chunk, const ChunkPartials& partials);

/// Folds the chunks, in place. sums[column] = sum over rows of weight * term, largest[column] = the largest
/// |weight * term|; a column is m * terms.count() + t, terms in the order of Term. Without chunks all zero.
void pointwise_totals(const Workers& workers, Index columns, const ChunkPartials& partials, double* sums,
                      double* largest);
void pointwise_totals(Stream stream, Index columns, const ChunkPartials& partials, double* sums, double* largest);

/// Both at once, for rows that are all there. `scratch` holds partials_bytes(M * terms.count(), N).
template <class Backend, class T>
void pointwise_sums(const Backend& backend, const ScoredRows<T>& rows, TermSet terms, const MetricContext& context,
                    double* sums, double* largest, void* scratch) {
  const Index columns = rows.candidates() * terms.count();
  const ChunkPartials partials = partials_in(scratch, columns, rows.rows());
  pointwise_partials(backend, rows, terms, context, 0, partials);
  pointwise_totals(backend, columns, partials, sums, largest);
}

}  // namespace bakeoff::kernels

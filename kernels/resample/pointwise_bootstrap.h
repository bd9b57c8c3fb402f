// Replicates of the weighted sums that finish the point metrics, under the weight law of weights.h.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/metrics/metric.h"
#include "kernels/metrics/scored_rows.h"
#include "kernels/resample/exact_sum.h"

namespace bakeoff::kernels {

// What is drawn together. Rows of a unit share its weight.
struct ResampleUnits {
  Index count = 0;
  const std::int64_t* ids = nullptr;     // count; nullptr: first_id, first_id + 1, ...
  std::int64_t first_id = 0;             // without ids: the global index of the first unit (of the first row, by row)
  const std::int32_t* of_row = nullptr;  // N: the unit of each row, as an index into ids; nullptr: row i is unit i

  static ResampleUnits rows(Index count, std::int64_t first_row = 0) { return {count, nullptr, first_row, nullptr}; }
};

// The resamples 0 ... resamples - 1 of a seed.
struct Resamples {
  RngKey key;
  int count = 0;
};

/// Bytes of scratch that pointwise_bootstrap needs, aligned for double.
std::size_t pointwise_bootstrap_scratch_bytes(const Workers& workers, Index candidates, Index rows, TermSet terms,
                                              const ResampleUnits& units);
std::size_t pointwise_bootstrap_scratch_bytes(Stream stream, Index candidates, Index rows, TermSet terms,
                                              const ResampleUnits& units);

/// Adds, for each resample r and column c = m * terms.count() + t, the sum over rows of
///   weight(unit of the row, r) * round(row's weight * term * 2^(36 - exponents[c]))
/// to totals[r * columns + c], which the caller has zeroed before the first block of rows; value_of() gives the sum.
/// exponents: columns of term_exponent() of the largest |weight * term| of all rows (pointwise_totals).
/// The same integers for any order and sharding of rows (with the same unit ids), any threads and any device.
template <class T>
void pointwise_bootstrap(const Workers& workers, const ScoredRows<T>& rows, const ResampleUnits& units,
                         const Resamples& resamples, TermSet terms, const MetricContext& context, const int* exponents,
                         ExactSum* totals, void* scratch);

/// On the GPU all pointers, those of `units` and `exponents` too, are the device's.
template <class T>
void pointwise_bootstrap(Stream stream, const ScoredRows<T>& rows, const ResampleUnits& units,
                         const Resamples& resamples, TermSet terms, const MetricContext& context, const int* exponents,
                         ExactSum* totals, void* scratch);

/// One replicate of one candidate, to be finished like the value itself. `totals` and `exponents` at its first column.
inline TermSums replicate_sums(TermSet terms, const ExactSum* totals, const int* exponents, Index rows) {
  double packed[kTermCount];
  for (int t = 0; t < terms.count(); ++t) packed[t] = value_of(totals[t], exponents[t]);
  return unpack(terms, packed, rows);
}

}  // namespace bakeoff::kernels

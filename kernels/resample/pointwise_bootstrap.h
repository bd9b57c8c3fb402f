// Replicates of the weighted sums that finish the point metrics, under the weight law of weights.h.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/metrics/metric.h"
#include "kernels/metrics/scored_rows.h"
#include "kernels/resample/exact_sum.h"
#include "kernels/resample/resample_units.h"

namespace bakeoff::kernels {

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

// Replicates of the point metrics' sums for many slices of the same rows at once, disjoint or overlapping. A unit's
// weights are drawn once for all slices.
#pragma once
#include "kernels/resample/pointwise_bootstrap.h"
#include "kernels/slices/slice_rows.h"

namespace bakeoff::kernels {

/// Bytes of scratch, aligned to 64.
std::size_t sliced_bootstrap_scratch_bytes(const Workers& workers, Index candidates, TermSet terms,
                                           const SliceRows* slices, Index count, const ResampleUnits& units);

/// totals[(r * count + s) * columns + c] += what pointwise_bootstrap adds for the rows of slice s alone, columns as
/// there: the same integers. `contexts` one a slice, `exponents` count x columns. units.of_row is not read: where units
/// of several rows are resampled, every slice says which unit its rows belong to.
/// `drawn`: weights by another law, drawn[place * 64 + r], for 64 resamples at most; they sum to 2^17 at most over any
/// 4,096 places.
template <class T>
void sliced_bootstrap(const Workers& workers, const ScoredRows<T>& rows, const SliceRows* slices, Index count,
                      const ResampleUnits& units, const Resamples& resamples, TermSet terms,
                      const MetricContext* contexts, const int* exponents, ExactSum* totals, void* scratch,
                      const std::uint8_t* drawn = nullptr);

/// On the GPU all pointers but `slices` and `contexts` are the device's, those inside the two as well. A slice at a
/// time.
std::size_t sliced_bootstrap_scratch_bytes(Stream stream, Index candidates, TermSet terms, const SliceRows* slices,
                                           Index count, int resamples);
template <class T>
void sliced_bootstrap(Stream stream, const ScoredRows<T>& rows, const SliceRows* slices, Index count,
                      const ResampleUnits& units, const Resamples& resamples, TermSet terms,
                      const MetricContext* contexts, const int* exponents, ExactSum* totals, void* scratch);

}  // namespace bakeoff::kernels

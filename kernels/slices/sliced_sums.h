// The sums that finish the point metrics, of many slices of the same rows at once.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/slices/slice_rows.h"

namespace bakeoff::kernels {

/// Bytes of scratch, aligned for double: two numbers a column and chunk of each slice, and the chunks' places.
std::size_t sliced_sums_scratch_bytes(const SliceRows* slices, Index count, Index columns);

/// sums[s * columns + m * terms.count() + t] = sum over the rows of slice s of weight * term, largest likewise the
/// largest |weight * term|: the bits that pointwise_sums gives for a copy of the slice's rows. `contexts`: one a slice.
template <class T>
void sliced_sums(const Workers& workers, const ScoredRows<T>& rows, const SliceRows* slices, Index count, TermSet terms,
                 const MetricContext* contexts, double* sums, double* largest, void* scratch);

/// On the GPU all pointers but `slices` and `contexts` are the device's, those inside the two as well.
std::size_t sliced_sums_scratch_bytes(Stream stream, Index candidates, TermSet terms, const SliceRows* slices,
                                      Index count);
template <class T>
void sliced_sums(Stream stream, const ScoredRows<T>& rows, const SliceRows* slices, Index count, TermSet terms,
                 const MetricContext* contexts, double* sums, double* largest, void* scratch);

}  // namespace bakeoff::kernels

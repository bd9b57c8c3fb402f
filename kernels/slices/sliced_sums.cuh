#pragma once
#include "kernels/metrics/pointwise.h"
#include "kernels/slices/gather.cuh"
#include "kernels/slices/sliced_sums.h"

namespace bakeoff::kernels {

std::size_t sliced_sums_scratch_bytes(Stream, Index candidates, TermSet terms, const SliceRows* slices, Index count) {
  return detail::gathered_bytes(candidates, slices, count, sizeof(double)) +
         partials_bytes(candidates * terms.count(), detail::most_rows(slices, count));
}

template <class T>
void sliced_sums(Stream stream, const ScoredRows<T>& rows, const SliceRows* slices, Index count, TermSet terms,
                 const MetricContext* contexts, double* sums, double* largest, void* scratch) {
  const Index columns = rows.candidates() * terms.count();
  const detail::GatheredSlice<T> room(rows.candidates(), detail::most_rows(slices, count), static_cast<char*>(scratch));
  for (Index s = 0; s < count; ++s)
    pointwise_sums(stream, slices[s].row ? detail::gather(stream, rows, slices[s], room) : rows, terms, contexts[s],
                   sums + s * columns, largest + s * columns, room.rest);
}

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/slices/gather.cuh"
#include "kernels/slices/sliced_bootstrap.h"

namespace bakeoff::kernels {
namespace detail {

// Grid-stride: ids of the slice's rows or units, where they are drawn.
static __global__ void gather_ids_kernel(ResampleUnits units, SliceRows slice, std::int64_t* ids) {
  const std::int64_t* const places = slice.places();
  for (Index i = blockIdx.x * Index{kLanes} + threadIdx.x; i < slice.items(); i += gridDim.x * Index{kLanes}) {
    const Index place = places ? places[i] : i;
    ids[i] = id_at(units, place);
  }
}

// Totals of one slice, [resample][column], to their place among all slices' and back to 0.
static __global__ void spread_kernel(ExactSum* from, Index columns, Index resamples, Index stride, ExactSum* to) {
  for (Index i = blockIdx.x * Index{kLanes} + threadIdx.x; i < resamples * columns; i += gridDim.x * Index{kLanes}) {
    ExactSum& total = to[i / columns * stride + i % columns];
    total.low += from[i].low;
    total.high += from[i].high;
    from[i] = {};
  }
}

static __global__ void zero_totals_kernel(ExactSum* totals, Index count) {
  for (Index i = blockIdx.x * Index{kLanes} + threadIdx.x; i < count; i += gridDim.x * Index{kLanes}) totals[i] = {};
}

inline dim3 strided_grid(Index items) {
  const Index blocks = (items + kLanes - 1) / kLanes;
  return dim3(static_cast<unsigned>(blocks < 1 ? 1 : blocks < 1024 ? blocks : 1024));
}

// The units of a slice, which are numbered anew.
inline ResampleUnits slice_units(const SliceRows& slice, const std::int64_t* ids) {
  return {slice.items(), ids, 0, slice.unit_of_row};
}

inline std::size_t slice_totals_bytes(Index columns, int resamples) {
  return (sizeof(ExactSum) * static_cast<std::size_t>(columns * resamples) + 63) / 64 * 64;
}

}  // namespace detail

std::size_t sliced_bootstrap_scratch_bytes(Stream stream, Index candidates, TermSet terms, const SliceRows* slices,
                                           Index count, int resamples) {
  std::size_t most = 0;
  for (Index s = 0; s < count; ++s) {
    const std::size_t bytes = pointwise_bootstrap_scratch_bytes(stream, candidates, slices[s].count, terms,
                                                                detail::slice_units(slices[s], nullptr));
    most = bytes > most ? bytes : most;
  }
  return detail::gathered_bytes(candidates, slices, count, sizeof(double)) +
         detail::slice_totals_bytes(candidates * terms.count(), resamples) + most;
}

template <class T>
void sliced_bootstrap(Stream stream, const ScoredRows<T>& rows, const SliceRows* slices, Index count,
                      const ResampleUnits& units, const Resamples& resamples, TermSet terms,
                      const MetricContext* contexts, const int* exponents, ExactSum* totals, void* scratch) {
  using namespace detail;
  const Index columns = rows.candidates() * terms.count(), size = columns * resamples.count;
  if (size == 0) return;
  const GatheredSlice<T> room(rows.candidates(), most_rows(slices, count), static_cast<char*>(scratch));
  auto* const mine = reinterpret_cast<ExactSum*>(room.rest);
  void* const rest = room.rest + slice_totals_bytes(columns, resamples.count);
  launch(zero_totals_kernel, strided_grid(size), dim3(kLanes), 0, stream, mine, size);
  for (Index s = 0; s < count; ++s) {
    const SliceRows& slice = slices[s];
    if (slice.count == 0) continue;
    launch(gather_ids_kernel, strided_grid(slice.items()), dim3(kLanes), 0, stream, units, slice, room.ids);
    pointwise_bootstrap(stream, slice.row ? gather(stream, rows, slice, room) : rows, slice_units(slice, room.ids),
                        resamples, terms, contexts[s], exponents + s * columns, mine, rest);
    launch(spread_kernel, strided_grid(size), dim3(kLanes), 0, stream, mine, columns, Index{resamples.count},
           count * columns, totals + s * columns);
  }
}

}  // namespace bakeoff::kernels

// A chunk of a slice's rows, brought side by side for the inner loops of pointwise_simd.h.
#pragma once
#include "kernels/metrics/pointwise_simd.h"
#include "kernels/slices/slice_rows.h"

namespace bakeoff::kernels {

template <class T>
struct GatheredRows {
  T scores[kChunkRows];
  double labels[kChunkRows], weights[kChunkRows];
};

/// Chunk `chunk` of the slice for one candidate: points into `rows` where they lie side by side already.
template <class T>
ChunkRows<T> slice_chunk(const ScoredRows<T>& rows, const SliceRows& slice, Index candidate, Index chunk,
                         GatheredRows<T>& into) {
  const Index first = chunk * kChunkRows, left = slice.count - first, count = left < kChunkRows ? left : kChunkRows;
  if (!slice.row) {
    ChunkRows<T> part = chunk_rows(rows, candidate, chunk);
    part.count = count;
    return part;
  }
  const T* const scores = rows.scores.data + candidate * rows.scores.strides[0];
  const Index stride = rows.scores.strides[1];
  const std::int64_t* const row = slice.row + first;
  for (Index i = 0; i < count; ++i) into.scores[i] = scores[row[i] * stride];
  for (Index i = 0; i < count; ++i) into.labels[i] = rows.labels.data[row[i]];
  for (Index i = 0; rows.weights.data && i < count; ++i) into.weights[i] = rows.weights.data[row[i]];
  return {into.scores, 1, into.labels, rows.weights.data ? into.weights : nullptr, count};
}

}  // namespace bakeoff::kernels

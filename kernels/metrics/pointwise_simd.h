// One chunk of one candidate on the CPU. Compiled once for each instruction set; the same bits with all of them.
#pragma once
#include "kernels/isa.h"
#include "kernels/metrics/scored_rows.h"

namespace bakeoff::kernels {

// At most kChunkRows rows of one candidate.
template <class T>
struct ChunkRows {
  const T* scores;
  Index stride;  // of scores, in elements
  const double* labels;
  const double* weights;  // nullptr: all 1
  Index count;
};

template <class T>
ChunkRows<T> chunk_rows(const ScoredRows<T>& rows, Index candidate, Index chunk) {
  const Index first = chunk * kChunkRows, left = rows.rows() - first;
  return {rows.scores.data + candidate * rows.scores.strides[0] + first * rows.scores.strides[1],
          rows.scores.strides[1], rows.labels.data + first, rows.weights.data ? rows.weights.data + first : nullptr,
          left < kChunkRows ? left : kChunkRows};
}

// Terms in the order of the set: sums[t * step], largest[t * step].
struct ChunkSums {
  double* sums;
  double* largest;
  Index step;
};

#define BAKEOFF_POINTWISE_SIMD(T)                                                                                \
  /* The lanes of order.h, then halved. */                                                                       \
  void chunk_sums(const ChunkRows<T>& rows, TermSet terms, const MetricContext& context, const ChunkSums& out);  \
  /* out[t * kChunkRows + i] = weight * term of row i, times factors[t], rounded to an integer below 2^51. */    \
  void chunk_terms(const ChunkRows<T>& rows, TermSet terms, const MetricContext& context, const double* factors, \
                   double* out);
namespace v2 {
BAKEOFF_POINTWISE_SIMD(float)
BAKEOFF_POINTWISE_SIMD(double)
}  // namespace v2
namespace v3 {
BAKEOFF_POINTWISE_SIMD(float)
BAKEOFF_POINTWISE_SIMD(double)
}  // namespace v3
namespace v4 {
BAKEOFF_POINTWISE_SIMD(float)
BAKEOFF_POINTWISE_SIMD(double)
}  // namespace v4
#undef BAKEOFF_POINTWISE_SIMD

}  // namespace bakeoff::kernels

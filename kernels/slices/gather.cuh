// On the GPU a slice is copied side by side, and the kernels for rows do the rest: a draw costs less there than keeping
// weights for all slices, and the copy is one pass over memory.
#pragma once
#include "kernels/launch.h"
#include "kernels/slices/slice_rows.h"

namespace bakeoff::kernels {
namespace detail {

// A slice's rows in scratch. Pieces are aligned to 64 bytes.
template <class T>
struct GatheredSlice {
  T* scores;  // candidates x count
  double *labels, *weights;
  std::int64_t* ids;
  char* rest;

  // Room for slices of up to `most` rows; with a null base it only measures: rest is then the number of bytes.
  GatheredSlice(Index candidates, Index most, char* base) {
    const auto take = [&](auto*& p, Index n) {
      p = reinterpret_cast<std::remove_reference_t<decltype(p)>>(base);
      base += (sizeof *p * static_cast<std::size_t>(n) + 63) / 64 * 64;
    };
    take(scores, candidates * most);
    take(labels, most);
    take(weights, most);
    take(ids, most);
    rest = base;
  }
};

inline Index most_rows(const SliceRows* slices, Index count) {
  Index most = 1;
  for (Index s = 0; s < count; ++s) {
    most = slices[s].count > most ? slices[s].count : most;
    most = slices[s].items() > most ? slices[s].items() : most;
  }
  return most;
}

inline std::size_t gathered_bytes(Index candidates, const SliceRows* slices, Index count, std::size_t score_bytes) {
  const Index most = most_rows(slices, count);
  const auto pieces = [](std::size_t bytes) { return (bytes + 63) / 64 * 64; };
  return pieces(score_bytes * static_cast<std::size_t>(candidates * most)) +
         3 * pieces(sizeof(double) * static_cast<std::size_t>(most));
}

// Grid {blocks of kLanes rows, candidates}. The first candidate's blocks bring labels and weights, too.
template <class T>
static __global__ void gather_kernel(ScoredRows<T> rows, SliceRows slice, Index first_candidate, GatheredSlice<T> to) {
  const Index i = blockIdx.x * Index{kLanes} + threadIdx.x, m = first_candidate + blockIdx.y;
  if (i >= slice.count) return;
  const Index row = slice.row_at(i);
  to.scores[m * slice.count + i] = rows.scores(m, row);
  if (m > 0) return;
  to.labels[i] = rows.labels.data[row];
  if (rows.weights.data) to.weights[i] = rows.weights.data[row];
}

/// The slice's rows, copied to `to`, as rows of their own.
template <class T>
ScoredRows<T> gather(Stream stream, const ScoredRows<T>& rows, const SliceRows& slice, const GatheredSlice<T>& to) {
  constexpr Index kMaxCandidates = 65535;  // of a grid's second dimension
  const auto blocks = static_cast<unsigned>((slice.count + kLanes - 1) / kLanes);
  for (Index first = 0; blocks > 0 && first < rows.candidates(); first += kMaxCandidates) {
    const Index left = rows.candidates() - first;
    launch(gather_kernel<T>, dim3(blocks, static_cast<unsigned>(left < kMaxCandidates ? left : kMaxCandidates)),
           dim3(kLanes), 0, stream, rows, slice, first, to);
  }
  ScoredRows<T> out{matrix_view(static_cast<const T*>(to.scores), rows.candidates(), slice.count, Device::cuda),
                    vector_view(static_cast<const double*>(to.labels), slice.count, Device::cuda),
                    {}};
  if (rows.weights.data) out.weights = vector_view(static_cast<const double*>(to.weights), slice.count, Device::cuda);
  return out;
}

}  // namespace detail
}  // namespace bakeoff::kernels

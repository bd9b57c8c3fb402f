// The one order of reduction: why an answer has the same bits on any device and with any number of threads.
// Rows are cut into chunks of 4,096. In a chunk lane l of 256 adds rows l, l+256, ... one by one; the lanes are
// halved (lane l += lane l+128, then +64, ...); chunks are halved likewise, padded with the identity to a power of
// two. Both backends follow it to the letter, contraction off.
#pragma once
#include "kernels/portable.h"

namespace bakeoff::kernels {

inline constexpr Index kChunkRows = 4096;
inline constexpr int kLanes = 256;

BAKEOFF_HD constexpr Index chunk_count(Index rows) { return (rows + kChunkRows - 1) / kChunkRows; }
BAKEOFF_HD constexpr Index power_of_two_at_least(Index n) {
  Index p = 1;
  while (p < n) p *= 2;
  return p;
}

// Halves states[0, n) in place with merge(a, b); the answer is in states[0]. n must be at least 1.
template <class State, class Merge>
BAKEOFF_HD void halve(State* states, Index n, const Merge& merge) {
  for (Index half = power_of_two_at_least(n) / 2; half > 0; half /= 2)
    for (Index i = 0; i < half && i + half < n; ++i) states[i] = merge(states[i], states[i + half]);
}

}  // namespace bakeoff::kernels

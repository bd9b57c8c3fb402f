// Unsigned keys in the order of the scores: -0 and +0 have the same key, infinities are the ends. NaN is the caller's
// error.
#pragma once
#include <cstring>

#include "kernels/portable.h"

namespace bakeoff::kernels {

BAKEOFF_HD BAKEOFF_INLINE std::uint32_t score_key(float score) {
  std::uint32_t bits;
  score = score + 0.0f;  // -0 + 0 is +0
  std::memcpy(&bits, &score, sizeof bits);
  return bits ^ (bits >> 31 ? 0xffffffffu : 0x80000000u);
}

BAKEOFF_HD BAKEOFF_INLINE std::uint64_t score_key(double score) {
  std::uint64_t bits;
  score = score + 0.0;
  std::memcpy(&bits, &score, sizeof bits);
  return bits ^ (bits >> 63 ? 0xffffffffffffffffu : 0x8000000000000000u);
}

/// The score of a key of 64 bits.
BAKEOFF_HD BAKEOFF_INLINE double key_score(std::uint64_t key) {
  const std::uint64_t bits = key ^ (key >> 63 ? 0x8000000000000000u : 0xffffffffffffffffu);
  double score;
  std::memcpy(&score, &bits, sizeof score);
  return score;
}

}  // namespace bakeoff::kernels

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011).
// Stateless: a draw is a function of key and counter, so threads, shards and devices agree.
#pragma once
#include "kernels/portable.h"

namespace bakeoff::kernels {

struct RngKey {
  std::uint32_t low = 0, high = 0;
  static BAKEOFF_HD constexpr RngKey from_seed(std::uint64_t seed) {
    return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  }
};
struct Counter {
  std::uint32_t word[4];
};

BAKEOFF_HD BAKEOFF_INLINE constexpr Counter philox(RngKey key, Counter c) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * c.word[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * c.word[2];
    c = {{static_cast<std::uint32_t>(b >> 32) ^ c.word[1] ^ key.low, static_cast<std::uint32_t>(b),
          static_cast<std::uint32_t>(a >> 32) ^ c.word[3] ^ key.high, static_cast<std::uint32_t>(a)}};
    key.low += 0x9E3779B9u;
    key.high += 0xBB67AE85u;
  }
  return c;
}

// The streams of the project: the fourth word of every counter. A new use takes a new number.
enum class Stream4 : std::uint32_t {
  bootstrap = 1,
  search = 2,
  folds = 3,
  initial = 4,
  multinomial = 5,
  permutation = 6,
};

}  // namespace bakeoff::kernels

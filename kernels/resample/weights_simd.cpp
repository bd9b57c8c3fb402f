// Philox in 64-bit lanes, one counter a lane: each word sits in the low half of its lane, and what the multiplications
// leave in the high halves is never cleared, because they read low halves only. So a round needs no shuffles to bring
// words together: 2 multiplications, 2 shifts and 4 xors for as many counters as there are lanes.
#include <cstring>

#include "kernels/resample/weights_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// At -O2 g++ 12 leaves these loops rolled and their arrays in memory: half the speed.
#define BAKEOFF_UNROLL _Pragma("GCC unroll 16")

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

#if defined(__AVX512BW__)
constexpr int kBytes = 64;
#elif defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
constexpr int kCounters = kBytes / 8;  // groups of 8 resamples in a vector
constexpr int kInterleave = 2;         // vectors in flight: hides the latency of the multiplications

using Words = std::uint64_t __attribute__((vector_size(kBytes)));
using Halves = std::uint32_t __attribute__((vector_size(kBytes)));
using Draws = std::int16_t __attribute__((vector_size(kBytes)));

BAKEOFF_INLINE Words broadcast(std::uint64_t x) { return Words{} + x; }

// Low half times low half, all 64 bits of the product.
BAKEOFF_INLINE Words multiply(Words a, Words b) {
#if defined(__AVX512BW__)
  // The masked forms with a full mask: the others warn of an uninitialised operand (g++ 12).
  return (Words)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Words)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return (Words)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

BAKEOFF_INLINE Words swap_halves(Words a) {
  Halves order{};
  BAKEOFF_UNROLL for (int i = 0; i < 2 * kCounters; ++i) order[i] = i ^ 1;
  return (Words)__builtin_shuffle((Halves)a, order);
}

// The bytes of a, then those of b, lane by lane: 8 weights of a counter side by side. Values fit a byte.
BAKEOFF_INLINE void store_weights(Draws a, Draws b, std::uint8_t* out) {
#if defined(__AVX512BW__)
  // packs works in 16-byte lanes: two counters of a, then the same two of b
  const __m512i packed = _mm512_packs_epi16((__m512i)a, (__m512i)b);
  _mm512_storeu_si512(out, _mm512_maskz_shuffle_epi32(0xffff, packed, _MM_PERM_DBCA));
#elif defined(__AVX2__)
  const __m256i packed = _mm256_packs_epi16((__m256i)a, (__m256i)b);
  _mm256_storeu_si256((__m256i*)out, _mm256_shuffle_epi32(packed, _MM_SHUFFLE(3, 1, 2, 0)));
#elif defined(__SSE2__)
  const __m128i packed = _mm_packs_epi16((__m128i)a, (__m128i)b);
  _mm_storeu_si128((__m128i*)out, _mm_shuffle_epi32(packed, _MM_SHUFFLE(3, 1, 2, 0)));
#else
  for (int c = 0; c < kCounters; ++c)
    for (int i = 0; i < 4; ++i) {
      out[8 * c + i] = static_cast<std::uint8_t>(a[4 * c + i]);
      out[8 * c + 4 + i] = static_cast<std::uint8_t>(b[4 * c + i]);
    }
#endif
}

BAKEOFF_INLINE bool any(Draws mask) {
#if defined(__AVX512BW__)
  return _mm512_test_epi16_mask((__m512i)mask, (__m512i)mask) != 0;
#elif defined(__AVX2__)
  return !_mm256_testz_si256((__m256i)mask, (__m256i)mask);
#elif defined(__SSE4_1__)
  return !_mm_testz_si128((__m128i)mask, (__m128i)mask);
#else
  return true;
#endif
}

constexpr std::uint64_t kM0 = 0xD2511F53u, kM1 = 0xCD9E8D57u;
// Draws are compared as signed numbers: flipping the top bit keeps their order.
constexpr std::uint64_t kFlip = 0x8000800080008000u;

BAKEOFF_INLINE Draws threshold(int k) { return Draws{} + static_cast<std::int16_t>(poisson_threshold(k) - 32768 - 1); }

// Weights of flipped draws. A comparison that holds is -1.
BAKEOFF_INLINE void weigh(Draws a, Draws b, std::uint8_t* out) {
  Draws na{}, nb{};
  BAKEOFF_UNROLL for (int k = 0; k < 5; ++k) {
    na -= a > threshold(k);
    nb -= b > threshold(k);
  }
  // Weights of 6 and more come once in 1,680 draws: 2 % of the vectors of 32.
  const Draws high_a = a > threshold(5), high_b = b > threshold(5);
  if (__builtin_expect(any(high_a | high_b), 0)) {
    na -= high_a;
    nb -= high_b;
    BAKEOFF_UNROLL for (int k = 6; k < kMaxWeight; ++k) {
      na -= a > threshold(k);
      nb -= b > threshold(k);
    }
  }
  store_weights(na, nb, out);
}

struct RoundKeys {
  std::uint64_t low[10], high[10];
  Words low_vector[10], high_vector[10];
};

RoundKeys round_keys(RngKey key) {
  RoundKeys keys;
  BAKEOFF_UNROLL for (int r = 0; r < 10; ++r) {
    keys.low[r] = key.low + std::uint32_t(r) * 0x9E3779B9u;
    keys.high[r] = key.high + std::uint32_t(r) * 0xBB67AE85u;
    keys.low_vector[r] = broadcast(r == 9 ? keys.low[r] ^ kFlip : keys.low[r]);
    keys.high_vector[r] = broadcast(r == 9 ? keys.high[r] ^ kFlip : keys.high[r]);
  }
  return keys;
}

// What two rounds know of a unit alone, whatever the resample. The fourth word of the counter is the stream.
struct UnitPart {
  std::uint64_t word0;  // after round 0, to be xored with the high product of the group
  std::uint64_t word0_next, word1, word3_key;
};

BAKEOFF_INLINE UnitPart unit_part(std::int64_t unit, const RoundKeys& keys) {
  const auto bits = static_cast<std::uint64_t>(unit);
  const std::uint64_t a = kM0 * (bits & 0xffffffffu);
  const std::uint64_t word2 = (a >> 32) ^ static_cast<std::uint64_t>(Stream4::bootstrap) ^ keys.high[0];
  const std::uint64_t b = kM1 * (word2 & 0xffffffffu);
  return {(bits >> 32) ^ keys.low[0], (b >> 32) ^ keys.low[1], b ^ keys.low[2], a ^ keys.high[1]};
}

// kInterleave vectors of counters, as many groups as lanes.
struct Groups {
  Words word0[kInterleave];  // high product of the group: what round 0 xors into word 0
  Words word1[kInterleave];  // its low product: word 1 after round 0
};

BAKEOFF_INLINE Groups groups_from(std::uint32_t first) {
  Groups g;
  BAKEOFF_UNROLL for (int v = 0; v < kInterleave; ++v) {
    Words group{};
    BAKEOFF_UNROLL for (int c = 0; c < kCounters; ++c) group[c] = std::uint32_t(first + v * kCounters + c);
    const Words product = multiply(group, broadcast(kM1));
    g.word0[v] = product >> 32;
    g.word1[v] = product;
  }
  return g;
}

// The weights of one unit in kInterleave * kCounters groups, or with kManyUnits of kInterleave units in the first
// kCounters groups: vector v goes to out + v * kBytes.
template <bool kManyUnits>
BAKEOFF_INLINE void unit_weights(const UnitPart* unit, const Groups& groups, const RoundKeys& keys, std::uint8_t* out) {
  const Words m0 = broadcast(kM0), m1 = broadcast(kM1);
  Words w0[kInterleave], w1[kInterleave], w2[kInterleave], w3[kInterleave];
  BAKEOFF_UNROLL for (int v = 0; v < kInterleave; ++v) {
    // Round 0, then round 1 whose second product depends on the unit alone
    const UnitPart& u = unit[kManyUnits ? v : 0];
    const int g = kManyUnits ? 0 : v;
    const Words a = multiply(groups.word0[g] ^ u.word0, m0);
    w0[v] = groups.word1[g] ^ u.word0_next;
    w1[v] = broadcast(u.word1);  // with the key of round 2 in it
    w2[v] = (a >> 32) ^ u.word3_key;
    w3[v] = a;
  }
  BAKEOFF_UNROLL for (int round = 2; round < 9; ++round) BAKEOFF_UNROLL for (int v = 0; v < kInterleave; ++v) {
    const Words a = multiply(w0[v], m0), b = multiply(w2[v], m1);
    w0[v] = round == 2 ? (b >> 32) ^ w1[v] : (b >> 32) ^ w1[v] ^ keys.low_vector[round];
    w1[v] = b;
    w2[v] = (a >> 32) ^ w3[v] ^ keys.high_vector[round];
    w3[v] = a;
  }
  const Words low = broadcast(0xffffffffu);
  BAKEOFF_UNROLL for (int v = 0; v < kInterleave; ++v) {
    // Round 9 puts words 0 and 1 (the halves of b), and 2 and 3 (those of a), side by side: 8 draws in order
    const Words a = multiply(w0[v], m0), b = multiply(w2[v], m1);
    const Words first = swap_halves(b) ^ (w1[v] & low) ^ keys.low_vector[9];
    const Words second = swap_halves(a) ^ (w3[v] & low) ^ keys.high_vector[9];
    weigh((Draws)first, (Draws)second, out + v * kBytes);
  }
}

// Where one vector holds all groups of a unit, kInterleave units are in flight: the 64 resamples of a tile are one
// vector of AVX-512, and half of the work went into groups that nobody had asked for.
void fill_narrow(const WeightTile& tile, const RoundKeys& keys, std::uint8_t* out) {
  const Groups g = groups_from(tile.first_group);
  const std::size_t width = static_cast<std::size_t>(tile.groups) * kResamplesPerBlock;
  for (Index i = 0; i < tile.count; i += kInterleave) {
    const Index here = tile.count - i < kInterleave ? tile.count - i : kInterleave;
    UnitPart unit[kInterleave];
    for (Index v = 0; v < kInterleave; ++v) {
      const Index at = i + (v < here ? v : 0);
      unit[v] = unit_part(tile.units ? tile.units[at] : tile.first_unit + at, keys);
    }
    if (tile.groups == kCounters && here == kInterleave) {
      unit_weights<true>(unit, g, keys, out + static_cast<std::size_t>(i) * width);
      continue;
    }
    std::uint8_t whole[kInterleave * kBytes];
    unit_weights<true>(unit, g, keys, whole);
    for (Index v = 0; v < here; ++v)
      std::memcpy(out + static_cast<std::size_t>(i + v) * width, whole + v * kBytes, width);
  }
}

}  // namespace

int vector_bytes() { return kBytes; }

void fill_weights(const WeightTile& tile, std::uint8_t* out) {
  constexpr int kStep = kInterleave * kCounters;
  const RoundKeys keys = round_keys(tile.key);
  if (tile.groups <= kCounters) return fill_narrow(tile, keys, out);
  for (int group = 0; group < tile.groups; group += kStep) {
    const Groups g = groups_from(tile.first_group + static_cast<std::uint32_t>(group));
    const int whole = tile.groups - group >= kStep;
    for (Index i = 0; i < tile.count; ++i) {
      const UnitPart unit = unit_part(tile.units ? tile.units[i] : tile.first_unit + i, keys);
      std::uint8_t* to = out + (i * tile.groups + group) * kResamplesPerBlock;
      if (whole) {
        unit_weights<false>(&unit, g, keys, to);
      } else {
        std::uint8_t rest[kStep * kResamplesPerBlock];
        unit_weights<false>(&unit, g, keys, rest);
        std::memcpy(to, rest, static_cast<std::size_t>(tile.groups - group) * kResamplesPerBlock);
      }
    }
  }
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

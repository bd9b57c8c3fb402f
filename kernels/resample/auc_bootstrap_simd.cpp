// Two ranks at a time: their weights in one resample are the two bytes of a 16-bit lane. So one multiply-add
// instruction (unsigned times signed bytes, neighbours added) weighs both ranks' positives with the negatives below
// each of them.
#include "kernels/resample/auc_bootstrap_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

#if defined(BAKEOFF_LANE_BYTES)  // a test runs the widest vectors on machines without them
constexpr int kBytes = BAKEOFF_LANE_BYTES;
#elif defined(__AVX512BW__)
constexpr int kBytes = 64;
#elif defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
constexpr int kHalves = kBytes / 16;  // unpack instructions work on 16 bytes each

using Bytes = std::uint8_t __attribute__((vector_size(kBytes)));
using Pairs = std::uint16_t __attribute__((vector_size(kBytes)));
using Words = std::uint32_t __attribute__((vector_size(kBytes)));
using Longs = std::uint64_t __attribute__((vector_size(kBytes)));
constexpr int kLongs = kBytes / 8;
using LongOfShort = std::uint16_t __attribute__((vector_size(kBytes / 4)));
using LongOfWord = std::uint32_t __attribute__((vector_size(kBytes / 2)));

template <class V, class T>
BAKEOFF_INLINE V load(const T* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
template <class V, class T>
BAKEOFF_INLINE void store(T* to, V v) {
  __builtin_memcpy(to, &v, sizeof v);
}

// In each 16 bytes: the elements of the lower (kUpper: upper) 8 bytes of a and b in turn.
template <bool kUpper, class V>
BAKEOFF_INLINE V unpack(V a, V b) {
#if defined(__AVX512BW__) && !defined(BAKEOFF_LANE_BYTES)
  if constexpr (sizeof(a[0]) == 1)
    return kUpper ? (V)_mm512_unpackhi_epi8((__m512i)a, (__m512i)b) : (V)_mm512_unpacklo_epi8((__m512i)a, (__m512i)b);
  else
    return kUpper ? (V)_mm512_unpackhi_epi16((__m512i)a, (__m512i)b) : (V)_mm512_unpacklo_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__) && !defined(BAKEOFF_LANE_BYTES)
  if constexpr (sizeof(a[0]) == 1)
    return kUpper ? (V)_mm256_unpackhi_epi8((__m256i)a, (__m256i)b) : (V)_mm256_unpacklo_epi8((__m256i)a, (__m256i)b);
  else
    return kUpper ? (V)_mm256_unpackhi_epi16((__m256i)a, (__m256i)b) : (V)_mm256_unpacklo_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__) && !defined(BAKEOFF_LANE_BYTES)
  if constexpr (sizeof(a[0]) == 1)
    return kUpper ? (V)_mm_unpackhi_epi8((__m128i)a, (__m128i)b) : (V)_mm_unpacklo_epi8((__m128i)a, (__m128i)b);
  else
    return kUpper ? (V)_mm_unpackhi_epi16((__m128i)a, (__m128i)b) : (V)_mm_unpacklo_epi16((__m128i)a, (__m128i)b);
#else
  constexpr int kPer = 16 / sizeof(a[0]);
  V c;
  for (int h = 0; h < kHalves; ++h)
    for (int i = 0; i < kPer / 2; ++i) {
      c[h * kPer + 2 * i] = a[h * kPer + i + (kUpper ? kPer / 2 : 0)];
      c[h * kPer + 2 * i + 1] = b[h * kPer + i + (kUpper ? kPer / 2 : 0)];
    }
  return c;
#endif
}

// a.low * b.low + a.high * b.high in each pair; b's bytes are weights, below 128.
BAKEOFF_INLINE Pairs multiply_bytes(Pairs a, Pairs b) {
#if defined(__AVX512BW__) && !defined(BAKEOFF_LANE_BYTES)
  return (Pairs)_mm512_maddubs_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__) && !defined(BAKEOFF_LANE_BYTES)
  return (Pairs)_mm256_maddubs_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSSE3__) && !defined(BAKEOFF_LANE_BYTES)
  return (Pairs)_mm_maddubs_epi16((__m128i)a, (__m128i)b);
#else
  return (a & 0xff) * (b & 0xff) + (a >> 8) * (b >> 8);
#endif
}

// The same of 16-bit numbers, all below 2^15.
BAKEOFF_INLINE Words multiply_pairs(Pairs a, Pairs b) {
#if defined(__AVX512BW__) && !defined(BAKEOFF_LANE_BYTES)
  return (Words)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__) && !defined(BAKEOFF_LANE_BYTES)
  return (Words)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__) && !defined(BAKEOFF_LANE_BYTES)
  return (Words)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
  const Words x = (Words)a, y = (Words)b;
  return (x & 0xffff) * (y & 0xffff) + (x >> 16) * (y >> 16);
#endif
}

BAKEOFF_INLINE Longs multiply_words(Longs a, Longs b) {
#if defined(__AVX512BW__) && !defined(BAKEOFF_LANE_BYTES)
  return (Longs)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__) && !defined(BAKEOFF_LANE_BYTES)
  return (Longs)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__) && !defined(BAKEOFF_LANE_BYTES)
  return (Longs)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

BAKEOFF_INLINE Pairs upper_in_both(Pairs a) {
  Bytes order;
  for (int i = 0; i < kBytes; ++i) order[i] = static_cast<std::uint8_t>(i | 1);
  return (Pairs)__builtin_shuffle((Bytes)a, order);
}

BAKEOFF_INLINE Pairs broadcast(std::uint32_t mask) { return (Pairs)(Words{} + mask); }

// Half the resamples of a column (the lower or upper 8 of each 16), in one block.
struct BlockSums {
  Pairs below{};     // negatives so far, in both bytes
  Pairs positive{};  // bytes
  Pairs area{};      // every pair 1, where the positive comes after the negative
  Pairs group{};     // negatives of the open group, in both bytes
  Pairs tied{};      // pairs of one group, which count half

  template <bool kTies>
  BAKEOFF_INLINE void add(Pairs weights, const AucPairMask& mask) {
    const Pairs negatives = weights & broadcast(mask.negative);
    const Pairs positives = weights & broadcast(mask.positive);
    const Pairs shifted = negatives << 8;
    const Pairs sums = negatives + shifted + below;
    area += multiply_bytes(sums, positives);
    positive += positives;
    below = upper_in_both(sums);
    if constexpr (kTies) {
      const Pairs in_group = (group & broadcast(mask.keep)) + negatives + (shifted & broadcast(mask.keep_second));
      tied += multiply_bytes(in_group, positives);
      group = upper_in_both(in_group);
    }
  }
};

// The same resamples in some blocks after another.
struct RunSums {
  Pairs positive{}, negative{};
  Words area2[2]{};

  BAKEOFF_INLINE void add(const BlockSums& block) {
    const Pairs p = multiply_bytes(block.positive, broadcast(0x01010101)), a = block.area + block.area - block.tied;
    const Pairs twice = negative + negative, one = broadcast(0x00010001);
    area2[0] += multiply_pairs(unpack<false>(p, a), unpack<false>(twice, one));
    area2[1] += multiply_pairs(unpack<true>(p, a), unpack<true>(twice, one));
    positive += p;
    negative += block.below & 0xff;
  }
  // Their places among the tile's resamples: 8 of every 16.
  BAKEOFF_INLINE void store_at(std::uint16_t* p, std::uint16_t* n, std::uint32_t* area) const {
    std::uint16_t here[kBytes / 2], below[kBytes / 2];
    std::uint32_t areas[2][kBytes / 4];
    store(here, positive);
    store(below, negative);
    store(areas[0], area2[0]);
    store(areas[1], area2[1]);
    for (int h = 0; h < kHalves; ++h) {
      __builtin_memcpy(p + 16 * h, here + 8 * h, 16);
      __builtin_memcpy(n + 16 * h, below + 8 * h, 16);
      __builtin_memcpy(area + 16 * h, areas[0] + 4 * h, 16);
      __builtin_memcpy(area + 16 * h + 4, areas[1] + 4 * h, 16);
    }
  }
};

template <bool kTies>
BAKEOFF_INLINE void fold_block(const AucPiece& piece, const AucSpan& span, const AucWeights& weights, int column,
                               RunSums& lower, RunSums& upper) {
  const std::uint32_t* place = weights.place + piece.begin;
  const std::uint8_t* const base = weights.weights + column * kBytes;
  const AucPairMask* const mask = span.mask + piece.first_pair;
  BlockSums low, high;
  for (int pair = 0; pair < piece.pairs; ++pair) {
    // An odd block's last rank stands in for the one that is missing, and its mask takes nothing of it.
    const int second = 2 * pair + 1 < piece.ranks ? 2 * pair + 1 : 2 * pair;
    const Bytes a = load<Bytes>(base + std::size_t{kAucLanes} * place[2 * pair]);
    const Bytes b = load<Bytes>(base + std::size_t{kAucLanes} * place[second]);
    low.add<kTies>((Pairs)unpack<false>(a, b), mask[pair]);
    high.add<kTies>((Pairs)unpack<true>(a, b), mask[pair]);
  }
  lower.add(low);
  upper.add(high);
}

// Pieces [first, last), all of them blocks.
void fold_blocks(const AucSpan& span, int first, int last, const AucWeights& weights, AucTile& tile) {
  alignas(64) std::uint16_t positive[kAucLanes], negative[kAucLanes];
  alignas(64) std::uint32_t area2[kAucLanes];
  for (int column = 0; column < kAucLanes / kBytes; ++column) {
    RunSums lower, upper;
    for (int p = first; p < last; ++p) {
      const AucPiece& piece = span.piece[p];
      if (piece.kind == AucPieceKind::block)
        fold_block<false>(piece, span, weights, column, lower, upper);
      else
        fold_block<true>(piece, span, weights, column, lower, upper);
    }
    const int at = column * kBytes;
    lower.store_at(positive + at, negative + at, area2 + at);
    upper.store_at(positive + at + 8, negative + at + 8, area2 + at + 8);
  }
  for (int i = 0; i < kAucLanes; i += kLongs) {
    const Longs p = __builtin_convertvector(load<LongOfShort>(positive + i), Longs);
    const Longs n = __builtin_convertvector(load<LongOfShort>(negative + i), Longs);
    const Longs area = __builtin_convertvector(load<LongOfWord>(area2 + i), Longs);
    const Longs below = load<Longs>(tile.negative + i);
    const Longs across = multiply_words(p, below);
    store(tile.area2 + i, load<Longs>(tile.area2 + i) + area + across + across);
    store(tile.positive + i, load<Longs>(tile.positive + i) + p);
    store(tile.negative + i, below + n);
  }
}

// sums += the weights of ranks [begin, end). At most kAucSpanRanks of them.
void add_ranks(const AucWeights& weights, int begin, int end, std::uint64_t* sums) {
  for (int column = 0; column < kAucLanes / kBytes; ++column) {
    Pairs even{}, odd{};  // of the bytes
    for (int rank = begin; rank < end;) {
      Bytes bytes{};
      for (const int stop = rank + kAucBlockRanks < end ? rank + kAucBlockRanks : end; rank < stop; ++rank)
        bytes += load<Bytes>(weights.weights + std::size_t{kAucLanes} * weights.place[rank] + column * kBytes);
      even += (Pairs)bytes & 0xff;
      odd += (Pairs)bytes >> 8;
    }
    for (int i = 0; i < kBytes / 2; ++i) {
      sums[column * kBytes + 2 * i] += even[i];
      sums[column * kBytes + 2 * i + 1] += odd[i];
    }
  }
}

void fold_slice(const AucPiece& piece, const AucWeights& weights, AucTile& tile) {
  const int positives = piece.begin + piece.negatives, end = piece.begin + piece.ranks;
  if (piece.negatives > 0) add_ranks(weights, piece.begin, positives, tile.open_negative);
  if (positives < end) add_ranks(weights, positives, end, tile.open_positive);
  if (!piece.closes_group) return;
  for (int i = 0; i < kAucLanes; ++i) {
    const std::uint64_t p = tile.open_positive[i], n = tile.open_negative[i];
    tile.area2[i] += p * (2 * tile.negative[i] + n);
    tile.positive[i] += p;
    tile.negative[i] += n;
    tile.open_positive[i] = tile.open_negative[i] = 0;
    if (piece.is_head) {
      tile.head_positive[i] = p;
      tile.head_negative[i] = n;
    }
  }
}

}  // namespace

void fold_span(const AucSpan& span, const AucWeights& weights, AucTile& tile) {
  for (int piece = 0; piece < span.pieces;) {
    if (span.piece[piece].kind == AucPieceKind::slice) {
      fold_slice(span.piece[piece++], weights, tile);
      continue;
    }
    int last = piece + 1;
    while (last < span.pieces && span.piece[last].kind != AucPieceKind::slice) ++last;
    fold_blocks(span, piece, last, weights, tile);
    piece = last;
  }
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

// The additions of AucFold<double>, lane by lane: what is left out here adds zero there.
#include "kernels/resample/auc_bootstrap_weighted_simd.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kBytes = 64;
#elif defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
constexpr int kLanes = kBytes / 8;

using Doubles = double __attribute__((vector_size(kBytes)));
using Ints = std::int32_t __attribute__((vector_size(kBytes / 2)));
using Small = std::uint8_t __attribute__((vector_size(kLanes)));

template <class V, class T>
BAKEOFF_INLINE V load(const T* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
BAKEOFF_INLINE void store(double* to, Doubles v) { __builtin_memcpy(to, &v, sizeof v); }

void close_group(WeightedAucTile& tile) {
  for (int i = 0; i < kAucLanes; i += kLanes) {
    const Doubles p = load<Doubles>(tile.open_positive + i), n = load<Doubles>(tile.open_negative + i);
    const Doubles below = load<Doubles>(tile.negative + i);
    if (tile.open_has_positive) {
      store(tile.area2 + i, load<Doubles>(tile.area2 + i) + p * (2.0 * below + n));
      store(tile.positive + i, load<Doubles>(tile.positive + i) + p);
      store(tile.open_positive + i, Doubles{});
    }
    if (tile.open_has_negative) {
      store(tile.negative + i, below + n);
      store(tile.open_negative + i, Doubles{});
    }
    if (tile.head_open) {
      store(tile.head_positive + i, p);
      store(tile.head_negative + i, n);
    }
  }
  tile.head_open = tile.open_has_positive = tile.open_has_negative = false;
}

void add_rank(const std::uint8_t* drawn, double weight, double* open) {
  for (int i = 0; i < kAucLanes; i += kLanes) {
    const Ints count = __builtin_convertvector(load<Small>(drawn + i), Ints);
    store(open + i, load<Doubles>(open + i) + __builtin_convertvector(count, Doubles) * weight);
  }
}

}  // namespace

void fold_weighted(const WeightedRanks& ranks, WeightedAucTile& tile) {
  for (int r = 0; r < ranks.count; ++r) {
    const bool positive = ranks.flags[r] & kRankPositive;
    if (ranks.flags[r] & kRankBeginsGroup && !(r == 0 && ranks.first_of_chunk)) close_group(tile);
    add_rank(ranks.drawn + r * kAucLanes, ranks.weights[r], positive ? tile.open_positive : tile.open_negative);
    (positive ? tile.open_has_positive : tile.open_has_negative) = true;
  }
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

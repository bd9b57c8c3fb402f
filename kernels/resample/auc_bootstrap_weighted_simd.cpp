// The additions of AucFold<double>, lane by lane: what is left out here adds zero there.
#include "kernels/resample/auc_bootstrap_weighted_simd.h"

#include "kernels/resample/double_lanes.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

void close_group(WeightedAucTile& tile) {
  for (int i = 0; i < kAucLanes; i += kWidth) {
    const Doubles p = load(tile.open_positive + i), n = load(tile.open_negative + i);
    const Doubles below = load(tile.negative + i);
    if (tile.open_has_positive) {
      store(load(tile.area2 + i) + p * (2.0 * below + n), tile.area2 + i);
      store(load(tile.positive + i) + p, tile.positive + i);
      store(Doubles{}, tile.open_positive + i);
    }
    if (tile.open_has_negative) {
      store(below + n, tile.negative + i);
      store(Doubles{}, tile.open_negative + i);
    }
    if (tile.head_open) {
      store(p, tile.head_positive + i);
      store(n, tile.head_negative + i);
    }
  }
  tile.head_open = tile.open_has_positive = tile.open_has_negative = false;
}

void add_rank(const std::uint8_t* drawn, double weight, double* open) {
  for (int i = 0; i < kAucLanes; i += kWidth) store(load(open + i) + load_weights(drawn + i) * weight, open + i);
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

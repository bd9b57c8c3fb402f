// The inner loops of auc_bootstrap on the CPU: 64 resamples of some ranks, 8- and 16-bit lanes.
#pragma once
#include "kernels/ranking/auc_state.h"

namespace bakeoff::kernels {

inline constexpr int kAucLanes = 64;  // resamples in a tile: 8 counters of Philox
// Weights are at most 8, so the sums of 30 ranks fit a byte and their doubled area, at most 2 * 120 * 120, 16 bits.
inline constexpr int kAucBlockRanks = 30;
// A block's area times the negatives below it is summed in signed 16-bit products: at most 2 * 8 * 256 of them.
inline constexpr int kAucSpanRanks = 256;

// Which bytes of two ranks' weights, side by side in 16 bits, count for what. Twice, to be broadcast from memory.
struct AucPairMask {
  std::uint32_t negative, positive;
  std::uint32_t keep;         // group sum so far: goes on into the first rank, into the second
  std::uint32_t keep_second;  // the first rank's weight: goes on into the second
};

// Blocks are whole groups, 30 ranks at most. Slices are ranks of one group that is too long for that, or is the chunk's
// first or last: negatives first, then positives.
enum class AucPieceKind : std::uint8_t { block, block_with_ties, slice };
struct AucPiece {
  AucPieceKind kind;
  bool closes_group = false;  // a slice that ends its group
  bool is_head = false;       // of the chunk's first group
  std::uint8_t pairs = 0;     // of a block
  std::uint16_t begin = 0, ranks = 0;
  std::uint16_t negatives = 0;   // of a slice
  std::uint16_t first_pair = 0;  // of a block, in AucSpan::mask
};

// Ranks that are folded together into one tile after another.
struct AucSpan {
  int ranks = 0, pieces = 0, pairs = 0;
  AucPiece piece[kAucSpanRanks];
  AucPairMask mask[kAucSpanRanks];
};

// The fold's state in 64 resamples. The open group is not in positive, negative and area2 yet.
struct AucTile {
  std::uint64_t positive[kAucLanes], negative[kAucLanes], area2[kAucLanes];
  std::uint64_t open_positive[kAucLanes], open_negative[kAucLanes];
  std::uint64_t head_positive[kAucLanes], head_negative[kAucLanes];
};

// The weights of rank r of the span in the tile's resamples: 64 bytes from weights + 64 * place[r].
struct AucWeights {
  const std::uint8_t* weights;
  const std::uint32_t* place;
};

namespace v2 {
void fold_span(const AucSpan& span, const AucWeights& weights, AucTile& tile);
}
namespace v3 {
void fold_span(const AucSpan& span, const AucWeights& weights, AucTile& tile);
}
namespace v4 {
void fold_span(const AucSpan& span, const AucWeights& weights, AucTile& tile);
}

}  // namespace bakeoff::kernels

// Rows of one candidate by ascending score; inside a tie group negatives come first, then rows in ascending order.
#pragma once
#include "kernels/portable.h"

namespace bakeoff::kernels {

// Bits of Ranking::flags.
enum RankFlag : std::uint8_t {
  kRankPositive = 1,     // the row's label is 1
  kRankBeginsGroup = 2,  // its score differs from that of the rank before
};

// A packed key carries its row in 31 bits. More rows are sorted in shards by score, whose states merge (auc_state.h).
inline constexpr Index kMaxRankedRows = Index{1} << 31;

struct RankingView {
  const std::uint32_t* row = nullptr;   // (rows,) the row at each rank
  const std::uint8_t* flags = nullptr;  // (rows,)
  Index rows = 0;
};

// Where a ranking is written: arrays of `rows` elements.
struct RankingOut {
  std::uint32_t* row = nullptr;
  std::uint8_t* flags = nullptr;
};

}  // namespace bakeoff::kernels

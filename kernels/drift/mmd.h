// Maximum mean discrepancy of two samples of rows, in tiles: Gretton and others, "A kernel two-sample test", JMLR 13
// (2012).
//
// With k(a, b) = exp(-gamma |a - b|^2) the unbiased estimate is the mean of k within either sample, without the
// diagonal, less twice the mean across. The kernel matrix is never stored: each tile of it is summed up for all ways of
// dealing the rows to the samples at once, which is what a permutation test asks.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/math.h"
#include "kernels/order.h"

namespace bakeoff::kernels {

inline constexpr Index kMmdTile = 64;

struct MmdRows {
  const double* values = nullptr;  // (rows, features), row by row
  Index rows = 0, features = 0;
  double gamma = 1;
  const std::uint8_t* sides = nullptr;  // (deals, rows): 1 where the deal puts the row into the first sample
  Index deals = 0;

  BAKEOFF_HD Index tiles() const { return (rows + kMmdTile - 1) / kMmdTile; }
  BAKEOFF_HD Index pairs() const { return tiles() * (tiles() + 1) / 2; }
  // k of two rows; 0 on the diagonal, and for rows beyond the last.
  BAKEOFF_HD double kernel(Index i, Index j) const {
    if (i == j || i >= rows || j >= rows) return 0;
    double distance = 0;
    for (Index f = 0; f < features; ++f) {
      const double off = values[i * features + f] - values[j * features + f];
      distance = distance + off * off;
    }
    return math::exp(-gamma * distance);
  }
  BAKEOFF_HD double side(Index deal, Index row) const { return row < rows ? sides[deal * rows + row] : 0.0; }
};

struct TilePair {
  Index first, second;  // first <= second
};
BAKEOFF_HD inline TilePair tile_pair(Index pair, Index tiles) {
  Index first = 0;
  for (Index left = tiles; pair >= left; --left) {
    pair -= left;
    ++first;
  }
  return {first, first + pair};
}

// Of one deal, over ordered pairs of different rows: the sum of k where both are in the first sample, and where one is.
struct MmdSums {
  double within = 0, from = 0;
};
BAKEOFF_HD BAKEOFF_INLINE MmdSums merge(const MmdSums& x, const MmdSums& y) {
  return {x.within + y.within, x.from + y.from};
}
/// Of the sums of a deal of n to m rows, and of those of the deal that puts all rows into the first sample.
inline double mmd_squared(const MmdSums& deal, const MmdSums& all, double n, double m) {
  const double across = deal.from - deal.within, other = all.within - 2 * deal.from + deal.within;
  return deal.within / (n * (n - 1)) + other / (m * (m - 1)) - 2 * across / (n * m);
}

/// Bytes of scratch, aligned to 64.
inline std::size_t mmd_scratch_bytes(const MmdRows& rows) {
  return sizeof(MmdSums) * static_cast<std::size_t>(rows.pairs() * rows.deals);
}

/// sums[deal]. On the GPU all pointers are the device's.
void mmd_sums(const Workers& workers, const MmdRows& rows, MmdSums* sums, void* scratch);
void mmd_sums(Stream stream, const MmdRows& rows, MmdSums* sums, void* scratch);

}  // namespace bakeoff::kernels

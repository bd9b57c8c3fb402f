// Two samples in ascending order, walked once: Kolmogorov-Smirnov and Wasserstein-1 together.
//
// With F and G the empirical distribution functions of n and m values, KS = max |F - G| and W1 = integral of |F - G|.
// Both are looked at where the merged order steps from one value to a larger one: inside a tie F - G isn't there yet.
// |F - G| = |i m - j n| / (n m) after i and j values, so that KS is an exact integer until it is finished. Infinities
// are the ends of the order: W1 is infinite unless both samples have the same share there. NaN is the caller's error.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/order.h"

namespace bakeoff::kernels {

// The merged ranks are cut into the chunks of order.h; lane l of 256 sums ranks 16 l ... 16 l + 15 of its chunk.
inline constexpr Index kLaneRanks = kChunkRows / kLanes;

struct SortedPair {
  const double* a = nullptr;
  const double* b = nullptr;
  Index n = 0, m = 0;  // n m < 2^63

  BAKEOFF_HD Index ranks() const { return n + m; }
};

// Of a range of merged ranks. The default is the identity.
struct TwoSample {
  std::int64_t gap = 0;  // max |i m - j n|
  double area = 0;       // sum of |i m - j n| times the step to the next value
};
BAKEOFF_HD BAKEOFF_INLINE TwoSample merge(const TwoSample& x, const TwoSample& y) {
  return {y.gap > x.gap ? y.gap : x.gap, x.area + y.area};
}
/// NaN where a sample is empty.
inline double ks_statistic(const TwoSample& all, const SortedPair& pair) {
  return static_cast<double>(all.gap) / static_cast<double>(pair.n * pair.m);
}
inline double wasserstein(const TwoSample& all, const SortedPair& pair) {
  return all.area / static_cast<double>(pair.n * pair.m);
}

/// How many of the first `rank` merged values come from `a`; of equal values those of `a` come first. (Merge path:
/// Green, McColl, Bader, "GPU merge path", 2012.)
BAKEOFF_HD inline Index merge_path(const double* a, Index n, const double* b, Index m, Index rank) {
  Index low = rank > m ? rank - m : 0, high = rank < n ? rank : n;
  while (low < high) {
    const Index middle = low + (high - low) / 2;
    if (a[middle] <= b[rank - 1 - middle])
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// A place between two merged ranks. `a` and `b` may be tiles of the samples that begin at the pair's values.
struct MergeWalk {
  const double* a;
  const double* b;
  Index a_left, b_left;   // values not yet walked
  std::int64_t gap;       // i m - j n
  std::int64_t up, down;  // m, n

  /// The next merged rank.
  BAKEOFF_HD BAKEOFF_INLINE void step(TwoSample& to) {
    const bool from_a = b_left == 0 || (a_left != 0 && *a <= *b);
    const double value = from_a ? *a : *b;
    a += from_a;
    b += !from_a;
    a_left -= from_a;
    b_left -= !from_a;
    gap += from_a ? up : -down;
    const double next = a_left == 0 ? (b_left == 0 ? value : *b) : b_left == 0 || *a <= *b ? *a : *b;
    const std::int64_t size = gap < 0 ? -gap : gap;
    const bool rises = next > value;
    to.gap = rises && size > to.gap ? size : to.gap;
    // 0 times an infinite step is nothing.
    to.area += rises && size != 0 ? static_cast<double>(size) * (next - value) : 0.0;
  }
};

/// Bytes of scratch, aligned to 64.
constexpr std::size_t two_sample_scratch_bytes(Index ranks) {
  return sizeof(TwoSample) * static_cast<std::size_t>(chunk_count(ranks) + 1);
}

/// Both statistics of a pair. On the GPU all pointers are the device's.
void two_sample(const Workers& workers, const SortedPair& pair, TwoSample* out, void* scratch);
void two_sample(Stream stream, const SortedPair& pair, TwoSample* out, void* scratch);

}  // namespace bakeoff::kernels

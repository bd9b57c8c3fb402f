// Sums of rounded terms that are exact, and therefore the same in any order, on any device, over any shards.
//
// A term (already times the sample weight) is rounded to 2^-36 of a power of two 2^e >= the largest |term|, and so
// becomes an integer of at most 2^36. Weights are at most 8: 4,096 weighted terms stay below 2^51 and sum exactly in
// double. Chunks are added as the two numbers below.
#pragma once
#include <cmath>
#include <limits>

#include "kernels/math.h"
#include "kernels/order.h"
#include "kernels/resample/weights.h"

namespace bakeoff::kernels {

inline constexpr int kTermBits = 36;
static_assert((Index{1} << kTermBits) * kMaxWeight * kChunkRows <= Index{1} << 51,
              "a chunk must sum exactly in double");

// The integer high * 2^32 + low, not normalised: adding component by component merges two sums. Room for 2^31 chunks.
struct ExactSum {
  std::int64_t low = 0, high = 0;
};

BAKEOFF_HD constexpr std::int64_t low_part(std::int64_t x) { return x & 0xffffffff; }
BAKEOFF_HD constexpr std::int64_t high_part(std::int64_t x) { return x >> 32; }

// The exponent of a column with a term that overflowed: its factor is 0, its sum NaN.
inline constexpr int kOverflown = 1023 + kTermBits;

/// The exponent e of a column whose largest |weight * term| is given: 2^e >= largest. Every shard must use the same.
inline int term_exponent(double largest) {
  if (!std::isfinite(largest)) return kOverflown;
  if (largest == 0) return 0;
  int exponent = 0;
  const double fraction = std::frexp(largest, &exponent);
  if (fraction == .5) --exponent;
  // Below, 2^(36 - e) would be infinite: such terms are rounded to 2^-936 instead.
  return exponent < -900 ? -900 : exponent;
}

/// What turns a term into its integer: 2^(36 - exponent), put together from its bits.
BAKEOFF_HD BAKEOFF_INLINE double term_factor(int exponent) {
  return math::detail::double_of(static_cast<std::uint64_t>(1023 + kTermBits - exponent) << 52);
}

/// The sum of a column with that exponent, rounded once.
inline double value_of(const ExactSum& sum, int exponent) {
  if (exponent == kOverflown) return std::numeric_limits<double>::quiet_NaN();
  __extension__ using Wide = __int128;
  const Wide integer = static_cast<Wide>(sum.high) * (std::int64_t{1} << 32) + sum.low;
  return std::ldexp(static_cast<double>(integer), exponent - kTermBits);
}

}  // namespace bakeoff::kernels

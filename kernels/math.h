// Logarithms and the exponential of our own: plain IEEE operations, no FMA and no tables, so that host and device give
// the same bits and loops of them vectorise (selects instead of branches). Each is within 1 ulp.
// Source of the reductions and coefficients: fdlibm (Sun Microsystems, 1993): e_log.c, s_log1p.c, e_exp.c.
// Measured (1 core Zen 3, g++ 12, a loop over 256 values in L1): see bench/math_bench.cpp.
#pragma once
#include <limits>

#include "kernels/portable.h"

namespace bakeoff::kernels::math {
namespace detail {

inline constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
inline constexpr double kInverseLn2 = 1.44269504088896338700e+00;
inline constexpr double kTwo52 = 4503599627370496.0;    // 2^52: adding it leaves an integer in the low bits
inline constexpr double kRounder = 6755399441055744.0;  // 1.5 * 2^52: the same for either sign, rounded to nearest
inline constexpr double kSmallestNormal = 2.2250738585072014e-308;
inline constexpr double kTwo54 = 18014398509481984.0;
inline constexpr std::uint64_t kMantissa = 0x000fffffffffffffu;
inline constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e00000000u;  // bits of a number just below sqrt(1/2)

BAKEOFF_HD BAKEOFF_INLINE std::uint64_t bits_of(double x) { return __builtin_bit_cast(std::uint64_t, x); }
BAKEOFF_HD BAKEOFF_INLINE double double_of(std::uint64_t bits) { return __builtin_bit_cast(double, bits); }

// x = 2^exponent * mantissa with mantissa in [sqrt(1/2), sqrt(2)), for positive normal x.
struct Parts {
  double exponent, mantissa;
};
BAKEOFF_HD BAKEOFF_INLINE Parts split(double x) {
  constexpr std::uint64_t kOne = 0x3ff0000000000000u;
  const std::uint64_t shifted = bits_of(x) + (kOne - kSqrtHalf);
  // No instruction turns 64-bit integers into doubles before AVX-512; the low bits of 2^52 + n do.
  const double exponent = double_of((shifted >> 52) | bits_of(kTwo52)) - (kTwo52 + 1023.0);
  return {exponent, double_of((shifted & kMantissa) + kSqrtHalf)};
}

// log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), s = f / (2 + f), without its two leading terms.
BAKEOFF_HD BAKEOFF_INLINE double log_tail(double f, double half_square) {
  const double s = f / (2.0 + f), z = s * s, w = z * z;
  const double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  return s * (half_square + (odd + even));
}

}  // namespace detail

/// The nearest integer, ties to even, for |x| <= 2^51.
BAKEOFF_HD BAKEOFF_INLINE double round_to_integer(double x) { return (x + detail::kRounder) - detail::kRounder; }

/// Natural logarithm, within 1 ulp. 0 gives -inf, negative numbers and NaN give NaN.
BAKEOFF_HD BAKEOFF_INLINE double log(double x) {
  using namespace detail;
  const bool subnormal = x < kSmallestNormal;
  const Parts p = split(subnormal ? x * kTwo54 : x);
  const double k = subnormal ? p.exponent - 54.0 : p.exponent;
  const double f = p.mantissa - 1.0, half_square = 0.5 * f * f;
  const double y = log_tail(f, half_square) + k * kLn2Low - half_square + f + k * kLn2High;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double at_edges = x == 0.0 ? -kInfinity : x == kInfinity ? kInfinity : std::numeric_limits<double>::quiet_NaN();
  return x > 0.0 && x < kInfinity ? y : at_edges;
}

/// log(1 + x), within 1 ulp also near 0. -1 gives -inf, less than -1 and NaN give NaN.
BAKEOFF_HD BAKEOFF_INLINE double log1p(double x) {
  using namespace detail;
  const double u = 1.0 + x;
  const Parts p = split(u);
  // What 1 + x lost in rounding
  const double lost = (p.exponent >= 2.0 ? 1.0 - (u - x) : x - (u - 1.0)) / u;
  const bool near_zero = x > -0.29 && x < 0.41;  // there f = x exactly, and nothing is lost
  const double k = near_zero ? 0.0 : p.exponent;
  const double c = near_zero || k >= 54.0 ? 0.0 : lost;
  const double f = near_zero ? x : p.mantissa - 1.0, half_square = 0.5 * f * f;
  const double y = log_tail(f, half_square) + (k * kLn2Low + c) - half_square + f + k * kLn2High;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double at_edges = x == -1.0        ? -kInfinity
                          : x == kInfinity ? kInfinity
                                           : std::numeric_limits<double>::quiet_NaN();
  return x == 0.0 ? x : x > -1.0 && x < kInfinity ? y : at_edges;
}

/// e^x, within 1 ulp, subnormal results too. Beyond the range 0 or inf; NaN stays NaN.
BAKEOFF_HD BAKEOFF_INLINE double exp(double x) {
  using namespace detail;
  const double low = x < -746.0 ? -746.0 : x;
  const double t = low > 710.0 ? 710.0 : low;
  const double rounded = t * kInverseLn2 + kRounder;
  const double k = rounded - kRounder;
  const double high_part = t - k * kLn2High, low_part = k * kLn2Low;
  const double r = high_part - low_part, z = r * r;
  const double c =
      r -
      z * (1.66666666666666019037e-01 +
           z * (-2.77777777770155933842e-03 +
                z * (6.61375632143793436117e-05 + z * (-1.65339022054652515390e-06 + z * 4.13813679705723846039e-08))));
  const double y = 1.0 + (r * c / (2.0 - c) - low_part + high_part);
  // 2^k in two factors: the first keeps y normal, the second rounds once
  const std::uint64_t biased = bits_of(rounded) - bits_of(kRounder) + 2046;  // k + 2 * 1023, never negative
  const std::uint64_t first = biased >> 1;
  return y * double_of(first << 52) * double_of((biased - first) << 52);
}

}  // namespace bakeoff::kernels::math

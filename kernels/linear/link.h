// The logistic link, once for the host, the device and vectors of floats: plain additions, multiplications and one
// division, so that all of them give the same bits.
#pragma once
#include <bit>

#include "kernels/portable.h"

namespace bakeoff::kernels {

struct FloatOps {  // of one float; *_simd.cpp has the same for vectors
  using Value = float;
  static BAKEOFF_HD BAKEOFF_INLINE float fill(float x) { return x; }
  static BAKEOFF_HD BAKEOFF_INLINE float smaller(float a, float b) { return a < b ? a : b; }
  static BAKEOFF_HD BAKEOFF_INLINE float larger(float a, float b) { return a > b ? a : b; }
  // a where x < 0, else b
  static BAKEOFF_HD BAKEOFF_INLINE float if_negative(float x, float a, float b) { return x < 0.0f ? a : b; }
  // p * 2^n, where `shifted` is n + 1.5 * 2^23 and so has n in its lowest bits
  static BAKEOFF_HD BAKEOFF_INLINE float scale(float p, float shifted) {
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) + (std::bit_cast<std::uint32_t>(shifted) << 23));
  }
};

template <class Value>
struct LogisticPoint {
  Value probability;  // 1 / (1 + e^s): of being wrong
  Value loss;         // log(1 + e^-s)
};

// s = margin: the logit, negated where the label is 0. Both answers to 4e-7 relative for s >= -87, where e^-s ends.
// e^x after Cephes expf; log1p(t) = t * minimax polynomial on [0, 1] (Remez, relative error 3e-8 before rounding).
template <class Ops>
BAKEOFF_HD BAKEOFF_INLINE LogisticPoint<typename Ops::Value> logistic_point(typename Ops::Value s) {
  using V = typename Ops::Value;
  const V zero = Ops::fill(0.0f), one = Ops::fill(1.0f), magic = Ops::fill(12582912.0f);
  const V x = Ops::larger(Ops::smaller(s, zero - s), Ops::fill(-87.0f));  // -|s|
  const V shifted = x * Ops::fill(1.44269504088896341f) + magic;
  const V n = shifted - magic;
  const V r = x - n * Ops::fill(0.693359375f) - n * Ops::fill(-2.12194440e-4f);
  V p = Ops::fill(1.9875691500e-4f);
  p = p * r + Ops::fill(1.3981999507e-3f);
  p = p * r + Ops::fill(8.3334519073e-3f);
  p = p * r + Ops::fill(4.1665795894e-2f);
  p = p * r + Ops::fill(1.6666665459e-1f);
  p = p * r + Ops::fill(5.0000001201e-1f);
  p = p * (r * r) + r + one;
  const V t = Ops::scale(p, shifted);  // e^-|s|
  V q = Ops::fill(0.00523269409f);
  q = q * t + Ops::fill(-0.0295052398f);
  q = q * t + Ops::fill(0.0782259554f);
  q = q * t + Ops::fill(-0.136632457f);
  q = q * t + Ops::fill(0.191060066f);
  q = q * t + Ops::fill(-0.24842982f);
  q = q * t + Ops::fill(0.333190978f);
  q = q * t + Ops::fill(-0.499994934f);
  q = q * t + Ops::fill(0.99999994f);
  return {Ops::if_negative(s, one, t) / (one + t), q * t + Ops::larger(zero, zero - s)};  // in this order NaN stays NaN
}

}  // namespace bakeoff::kernels

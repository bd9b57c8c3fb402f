// Vectors of the width of the instruction set that a *_simd.cpp is compiled for. For those files alone.
#pragma once
#include "kernels/portable.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Before a loop over registers: at -O2 g++ would keep an array of accumulators in memory (measured: the Gram of 104
// columns at 12 GF/s instead of 33).
#define BAKEOFF_UNROLL _Pragma("GCC unroll 16")

namespace bakeoff::kernels::BAKEOFF_ISA {

#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
inline constexpr int kVectorBytes = 32;
#else
inline constexpr int kVectorBytes = 16;
#endif

using Floats = float __attribute__((vector_size(kVectorBytes), may_alias));
using Ints = std::int32_t __attribute__((vector_size(kVectorBytes), may_alias));
using Doubles = double __attribute__((vector_size(kVectorBytes), may_alias));
inline constexpr int kFloats = kVectorBytes / 4, kDoubles = kVectorBytes / 8;

// Subtracting 0 changes no number and is compiled away; adding it would not be, because of -0.
BAKEOFF_INLINE Floats broadcast(float x) { return x - Floats{}; }
BAKEOFF_INLINE Doubles broadcast(double x) { return x - Doubles{}; }

// a * b + c: fused where the instruction set has it. Training repeats its bits on one machine type only (DESIGN).
BAKEOFF_INLINE Floats multiply_add(Floats a, Floats b, Floats c) {
#if defined(__AVX512F__)
  return (Floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
  return a * b + c;
#endif
}
BAKEOFF_INLINE Doubles multiply_add(Doubles a, Doubles b, Doubles c) {
#if defined(__AVX512F__)
  return (Doubles)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
  return (Doubles)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
  return a * b + c;
#endif
}

// What losses.h is written in terms of, for vectors of floats: FloatOps has the same for one.
struct VectorOps {
  using Value = Floats;
  static BAKEOFF_INLINE Floats fill(float x) { return broadcast(x); }
  static BAKEOFF_INLINE Floats smaller(Floats a, Floats b) { return a < b ? a : b; }
  static BAKEOFF_INLINE Floats larger(Floats a, Floats b) { return a > b ? a : b; }
  static BAKEOFF_INLINE Floats if_negative(Floats x, Floats a, Floats b) { return x < Floats{} ? a : b; }
  static BAKEOFF_INLINE Floats scale(Floats p, Floats shifted) { return (Floats)((Ints)p + ((Ints)shifted << 23)); }
};

}  // namespace bakeoff::kernels::BAKEOFF_ISA

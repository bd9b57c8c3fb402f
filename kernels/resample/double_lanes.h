// Resamples in lanes of double, for the *_simd.cpp files that include it.
#pragma once
#include <cstring>

#include "kernels/portable.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BAKEOFF_UNROLL _Pragma("GCC unroll 16")

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kWidth = 8;
#elif defined(__AVX2__)
constexpr int kWidth = 4;
#else
constexpr int kWidth = 2;
#endif

using Doubles = double __attribute__((vector_size(8 * kWidth)));

BAKEOFF_INLINE Doubles load(const double* from) {
  Doubles v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
BAKEOFF_INLINE void store(Doubles v, double* to) { std::memcpy(to, &v, sizeof v); }

BAKEOFF_INLINE Doubles load_weights(const std::uint8_t* from) {
#if defined(__AVX512F__)
  return (Doubles)_mm512_maskz_cvtepi32_pd(0xff, _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)from)));
#elif defined(__SSE4_1__)
  std::int32_t bytes = 0;
  std::memcpy(&bytes, from, kWidth);
  const __m128i integers = _mm_cvtepu8_epi32(_mm_cvtsi32_si128(bytes));
#if defined(__AVX2__)
  return (Doubles)_mm256_cvtepi32_pd(integers);
#else
  return (Doubles)_mm_cvtepi32_pd(integers);
#endif
#else
  Doubles v{};
  for (int i = 0; i < kWidth; ++i) v[i] = from[i];
  return v;
#endif
}

}  // namespace
}  // namespace bakeoff::kernels::BAKEOFF_ISA

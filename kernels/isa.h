// Instruction sets of the CPU. A source named *_simd.cpp is compiled once for each of them into a namespace of that
// name (BAKEOFF_ISA); a file beside it picks one at run time. All of them give the same bits: contraction is off.
#pragma once
#include <cstdlib>
#include <string_view>

#include "kernels/portable.h"

// Calls f of the namespace that fits: BAKEOFF_FOR_ISA(isa, fill_weights(key, out)).
#if defined(__x86_64__)
#define BAKEOFF_FOR_ISA(isa, call) ((isa) == Isa::v4 ? v4::call : (isa) == Isa::v3 ? v3::call : v2::call)
#else
#define BAKEOFF_FOR_ISA(isa, call) ((void)(isa), v2::call)
#endif

namespace bakeoff::kernels {

// The x86-64 levels: v2 is the baseline (SSE4.2), v3 has AVX2, v4 AVX-512. Elsewhere v2 stands for plain C++.
enum class Isa : std::uint8_t { v2, v3, v4 };

inline bool supports(Isa isa) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (isa == Isa::v4) return __builtin_cpu_supports("x86-64-v4");
  if (isa == Isa::v3) return __builtin_cpu_supports("x86-64-v3");
#endif
  return isa == Isa::v2;
}

inline Isa best_isa() {
  static const Isa best = [] {
    // BAKEOFF_ISA=v2 or v3 holds a machine to what older ones have, to measure and to compare.
    const char* given = std::getenv("BAKEOFF_ISA");
    const std::string_view most = given ? given : "v4";
    if (most == "v4" && supports(Isa::v4)) return Isa::v4;
    return most != "v2" && supports(Isa::v3) ? Isa::v3 : Isa::v2;
  }();
  return best;
}

}  // namespace bakeoff::kernels

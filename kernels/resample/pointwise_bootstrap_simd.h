// The product of a tile of weights with columns of terms: the inner loop of the pointwise bootstrap on the CPU.
#pragma once
#include "kernels/isa.h"
#include "kernels/portable.h"

namespace bakeoff::kernels {

inline constexpr int kTileResamples = 64;
// 256 rows of 64 weights are 16 KiB: they stay in L1 while all columns pass over them.
inline constexpr Index kTileRows = 256;

// sums[c * kTileResamples + r] += sum over rows of weights[at * kTileResamples + r] * terms[c * stride + row], where
// `at` is place[row], or the row itself where there is no `place`.
// Terms are integers and every sum stays below 2^53, so that any order, and FMA, give the same bits.
struct WeightedColumns {
  const std::uint8_t* weights;
  Index rows;
  const double* terms;
  Index stride;
  Index columns;
  double* sums;
  const std::uint16_t* place = nullptr;
};

namespace v2 {
void add_weighted(const WeightedColumns& job);
}
namespace v3 {
void add_weighted(const WeightedColumns& job);
}
namespace v4 {
void add_weighted(const WeightedColumns& job);
}

}  // namespace bakeoff::kernels

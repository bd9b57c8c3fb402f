// Plain loops over 64 lanes that g++ 12 turns into vectors of the instruction set at -O3.
#pragma GCC optimize("O3")
#include "kernels/resample/code_bootstrap_simd.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

BAKEOFF_INLINE const std::uint8_t* weights_of(const CodedTile& tile, Index row) {
  return tile.weights + kCodeLanes * (tile.place ? tile.place[row] : row);
}

}  // namespace

void add_counts(const CodedTile& tile, std::uint16_t* sums) {
  for (Index i = 0; i < tile.rows; ++i) {
    const std::uint8_t* __restrict weight = weights_of(tile, i);
    std::uint16_t* __restrict sum = sums + kCodeLanes * (tile.codes[i] + 1);
    for (int r = 0; r < kCodeLanes; ++r) sum[r] = static_cast<std::uint16_t>(sum[r] + weight[r]);
  }
}

void add_terms(const CodedTile& tile, const double* terms, double* sums) {
  for (Index i = 0; i < tile.rows; ++i) {
    const std::uint8_t* __restrict weight = weights_of(tile, i);
    double* __restrict sum = sums + kCodeLanes * (tile.codes[i] + 1);
    const double term = terms[i];
    for (int r = 0; r < kCodeLanes; ++r) sum[r] += static_cast<double>(weight[r]) * term;
  }
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

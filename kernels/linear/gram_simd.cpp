#include "kernels/linear/gram_simd.h"

#include "kernels/linear/lanes.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

constexpr int kVectors = 8 / kDoubles;    // a tile is 8 columns wide
constexpr int kTileRows = 12 / kVectors;  // 12 accumulators: 8 would just hide the latency of two multipliers

BAKEOFF_INLINE Doubles load(const double* p) { return *reinterpret_cast<const Doubles*>(p); }
BAKEOFF_INLINE void store(double* p, Doubles v) { *reinterpret_cast<Doubles*>(p) = v; }

// Rows i ... i + tile_rows - 1, columns j ... j + 7 of z'z.
template <int tile_rows>
BAKEOFF_INLINE void tile(const GramBlock& block, int i, int j, double* sums) {
  Doubles sum[tile_rows][kVectors];
  BAKEOFF_UNROLL
  for (int a = 0; a < tile_rows; ++a) BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) sum[a][v] = load(sums + (i + a) * block.columns + j + v * kDoubles);
  const double* z = block.z;
  for (int r = 0; r < block.rows; ++r, z += block.columns) {
    Doubles right[kVectors];
    BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) right[v] = load(z + j + v * kDoubles);
    BAKEOFF_UNROLL
    for (int a = 0; a < tile_rows; ++a) {
      const Doubles left = broadcast(z[i + a]);
      BAKEOFF_UNROLL
      for (int v = 0; v < kVectors; ++v) sum[a][v] = multiply_add(left, right[v], sum[a][v]);
    }
  }
  BAKEOFF_UNROLL
  for (int a = 0; a < tile_rows; ++a) BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) store(sums + (i + a) * block.columns + j + v * kDoubles, sum[a][v]);
}

}  // namespace

void gram_block(const GramBlock& block, const GramSums& sums) {
  int i = 0;
  for (; i + kTileRows <= block.columns; i += kTileRows)
    for (int j = i / 8 * 8; j < block.columns; j += 8) tile<kTileRows>(block, i, j, sums.dense);
  for (; i < block.columns; ++i)
    for (int j = i / 8 * 8; j < block.columns; j += 8) tile<1>(block, i, j, sums.dense);
  for (int r = 0; r < block.rows; ++r) {
    const double* z = block.z + static_cast<Index>(r) * block.columns;
    const std::int32_t* entry = block.entry + static_cast<Index>(r) * block.categoricals;
    const Doubles root = broadcast(block.root[r]);
    const double weight = block.root[r] * block.root[r];
    for (int a = 0; a < block.categoricals; ++a) {
      double* to = sums.tables + static_cast<Index>(entry[a]) * block.columns;
      for (int j = 0; j < block.columns; j += kDoubles) store(to + j, multiply_add(root, load(z + j), load(to + j)));
      double* count = sums.counts + static_cast<Index>(entry[a]) * sums.categories;
      for (int b = a; b < block.categoricals; ++b) count[entry[b]] += weight;
    }
  }
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

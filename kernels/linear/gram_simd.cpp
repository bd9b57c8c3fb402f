#include "kernels/linear/gram_simd.h"

#include "kernels/linear/lanes.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

// Columns lie in panels of a vector's width, row after row: what a tile reads is then contiguous, in few pages. A tile
// is kTileRows x 3 vectors: 24 accumulators of 32 registers with AVX-512, 12 of 16 else. Measured at 504 columns: 55
// GF/s a thread of the 58 that multiply_add alone reaches; 40 with tiles of 12 x 1 vectors on rows.
constexpr int kTileRows = kDoubles == 8 ? 8 : 4;
constexpr int kPanel = kGramRows * kDoubles;

BAKEOFF_INLINE Doubles load(const double* p) { return *reinterpret_cast<const Doubles*>(p); }
BAKEOFF_INLINE void store(double* p, Doubles v) { *reinterpret_cast<Doubles*>(p) = v; }

void fill_panels(const GramBlock& block) {
  for (int r = 0; r < block.rows; ++r)
    for (int k = 0; k < block.columns; k += kDoubles)
      store(block.panels + static_cast<Index>(k) * kGramRows + r * kDoubles,
            load(block.z + static_cast<Index>(r) * block.columns + k));
}

// Rows i ... i + kTileRows - 1, columns j ... j + vectors * kDoubles - 1 of z'z.
template <int vectors>
BAKEOFF_INLINE void tile(const GramBlock& block, int i, int j, double* sums) {
  Doubles sum[kTileRows][vectors];
  BAKEOFF_UNROLL
  for (int a = 0; a < kTileRows; ++a) BAKEOFF_UNROLL
  for (int v = 0; v < vectors; ++v) sum[a][v] = load(sums + (i + a) * block.columns + j + v * kDoubles);
  const double* left = block.panels + static_cast<Index>(i) * kGramRows;
  const double* right = block.panels + static_cast<Index>(j) * kGramRows;
  for (int r = 0; r < block.rows; ++r, left += kDoubles, right += kDoubles) {
    Doubles across[vectors];
    BAKEOFF_UNROLL
    for (int v = 0; v < vectors; ++v) across[v] = load(right + v * kPanel);
    BAKEOFF_UNROLL
    for (int a = 0; a < kTileRows; ++a) {
      const Doubles down = broadcast(left[a / kDoubles * kPanel + a % kDoubles]);
      BAKEOFF_UNROLL
      for (int v = 0; v < vectors; ++v) sum[a][v] = multiply_add(down, across[v], sum[a][v]);
    }
  }
  BAKEOFF_UNROLL
  for (int a = 0; a < kTileRows; ++a) BAKEOFF_UNROLL
  for (int v = 0; v < vectors; ++v) store(sums + (i + a) * block.columns + j + v * kDoubles, sum[a][v]);
}

}  // namespace

void gram_block(const GramBlock& block, const GramSums& sums) {
  fill_panels(block);
  for (int i = 0; i < block.columns; i += kTileRows) {
    int j = i;
    for (; j + 3 * kDoubles <= block.columns; j += 3 * kDoubles) tile<3>(block, i, j, sums.dense);
    for (; j < block.columns; j += kDoubles) tile<1>(block, i, j, sums.dense);
  }
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

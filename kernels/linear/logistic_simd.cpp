#include "kernels/linear/logistic_simd.h"

#include "kernels/linear/lanes.h"
#include "kernels/linear/link.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

constexpr int kVectors = kPanel / kFloats;  // of a panel's row
constexpr int kTile = 8 / kVectors;         // 8 accumulators hide the latency of two multipliers

// The caller's ids are a plain vector, aligned to 16 bytes at best.
using LooseInts = std::int32_t __attribute__((vector_size(kVectorBytes), may_alias, aligned(4)));

BAKEOFF_INLINE Floats load(const float* p) { return *reinterpret_cast<const Floats*>(p); }
BAKEOFF_INLINE void store(float* p, Floats v) { *reinterpret_cast<Floats*>(p) = v; }

struct VectorOps {
  using Value = Floats;
  static BAKEOFF_INLINE Floats fill(float x) { return broadcast(x); }
  static BAKEOFF_INLINE Floats smaller(Floats a, Floats b) { return a < b ? a : b; }
  static BAKEOFF_INLINE Floats larger(Floats a, Floats b) { return a > b ? a : b; }
  static BAKEOFF_INLINE Floats if_negative(Floats x, Floats a, Floats b) { return x < Floats{} ? a : b; }
  static BAKEOFF_INLINE Floats scale(Floats p, Floats shifted) { return (Floats)((Ints)p + ((Ints)shifted << 23)); }
};

// out[r] = x[r] . theta + the tables' rows, for kTile rows.
BAKEOFF_INLINE void forward(const ChunkView& chunk, int row, const float* theta, float* out) {
  Floats sum[kTile][kVectors]{};
  const float* x = chunk.x + static_cast<Index>(row) * chunk.dense_rows;
  for (int k = 0; k < chunk.dense_rows; ++k) {
    Floats t[kVectors];
    BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) t[v] = load(theta + k * kPanel + v * kFloats);
    BAKEOFF_UNROLL
    for (int r = 0; r < kTile; ++r) {
      const Floats value = broadcast(x[r * chunk.dense_rows + k]);
      BAKEOFF_UNROLL
      for (int v = 0; v < kVectors; ++v) sum[r][v] = multiply_add(value, t[v], sum[r][v]);
    }
  }
  BAKEOFF_UNROLL
  for (int r = 0; r < kTile; ++r) {
    const std::int32_t* entry = chunk.entry + static_cast<Index>(row + r) * chunk.categoricals;
    for (int c = 0; c < chunk.categoricals; ++c) BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) sum[r][v] += load(theta + entry[c] * kPanel + v * kFloats);
    BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) store(out + r * kPanel + v * kFloats, sum[r][v]);
  }
}

// Logits become residuals in place; `loss` gains the losses of rows [row, row + count).
template <bool weighted, bool folded>
BAKEOFF_INLINE void link(const ChunkView& chunk, int row, int count, const std::int32_t* left_out, float* z,
                         double* loss) {
  BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    Floats sum{};
    for (int r = 0; r < count; ++r) {
      float* at = z + r * kPanel + v * kFloats;
      const Floats sign = broadcast(chunk.sign[row + r]);
      auto [wrong, value] = logistic_point<VectorOps>(sign * load(at));
      wrong = -sign * wrong;
      if constexpr (weighted) {
        const Floats weight = broadcast(chunk.weight[row + r]);
        wrong *= weight;
        value *= weight;
      }
      if constexpr (folded) {
        const Ints fold = *reinterpret_cast<const LooseInts*>(left_out + v * kFloats);
        const Ints seen = fold != (Ints{} + chunk.fold[row + r]);
        wrong = (Floats)((Ints)wrong & seen);
        value = (Floats)((Ints)value & seen);
      }
      store(at, wrong);
      sum += value;
    }
    for (int i = 0; i < kFloats; ++i) loss[v * kFloats + i] += sum[i];
  }
}

// gradient[k] += sum over rows of x[k] residual, for kTile columns k.
BAKEOFF_INLINE void backward_dense(const ChunkView& chunk, int row, int rows, int k, const float* residuals,
                                   float* gradient) {
  Floats sum[kTile][kVectors];
  BAKEOFF_UNROLL
  for (int i = 0; i < kTile; ++i) BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) sum[i][v] = load(gradient + (k + i) * kPanel + v * kFloats);
  const float* x = chunk.x + static_cast<Index>(row) * chunk.dense_rows + k;
  for (int r = 0; r < rows; ++r, x += chunk.dense_rows) {
    Floats residual[kVectors];
    BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) residual[v] = load(residuals + r * kPanel + v * kFloats);
    BAKEOFF_UNROLL
    for (int i = 0; i < kTile; ++i) {
      const Floats value = broadcast(x[i]);
      BAKEOFF_UNROLL
      for (int v = 0; v < kVectors; ++v) sum[i][v] = multiply_add(value, residual[v], sum[i][v]);
    }
  }
  BAKEOFF_UNROLL
  for (int i = 0; i < kTile; ++i) BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) store(gradient + (k + i) * kPanel + v * kFloats, sum[i][v]);
}

BAKEOFF_INLINE void backward_tables(const ChunkView& chunk, int row, int rows, const float* residuals,
                                    float* gradient) {
  const std::int32_t* entry = chunk.entry + static_cast<Index>(row) * chunk.categoricals;
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < chunk.categoricals; ++c, ++entry) {
      float* to = gradient + *entry * kPanel;
      BAKEOFF_UNROLL
      for (int v = 0; v < kVectors; ++v)
        store(to + v * kFloats, load(to + v * kFloats) + load(residuals + r * kPanel + v * kFloats));
    }
}

template <bool weighted, bool folded>
void chunk_gradient(const ChunkView& chunk, const float* theta, const std::int32_t* left_out, float* residuals,
                    float* gradient, double* loss) {
  for (int row = 0; row < chunk.rows; row += kRowBlock) {
    const int real = chunk.rows - row < kRowBlock ? chunk.rows - row : kRowBlock;
    const int rows = (real + 7) / 8 * 8;
    for (int r = 0; r < rows; r += kTile) forward(chunk, row + r, theta, residuals + r * kPanel);
    for (int r = 0; r < real; r += kLossRows)
      link<weighted, folded>(chunk, row + r, real - r < kLossRows ? real - r : kLossRows, left_out,
                             residuals + r * kPanel, loss);
    for (int k = 0; k < chunk.dense_rows; k += kTile) backward_dense(chunk, row, real, k, residuals, gradient);
    backward_tables(chunk, row, real, residuals, gradient);
  }
}

}  // namespace

void logistic_chunk(const ChunkView& chunk, const float* theta, const std::int32_t* left_out, float* residuals,
                    float* gradient, double* loss) {
  const bool folded = left_out != nullptr && chunk.fold != nullptr;
  const auto run = chunk.weight ? (folded ? chunk_gradient<true, true> : chunk_gradient<true, false>)
                                : (folded ? chunk_gradient<false, true> : chunk_gradient<false, false>);
  run(chunk, theta, left_out, residuals, gradient, loss);
}

void logits_chunk(const ChunkView& chunk, const float* theta, float* logits) {
  for (int row = 0; row < chunk.rows; row += kTile) forward(chunk, row, theta, logits + row * kPanel);
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

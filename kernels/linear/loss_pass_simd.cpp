#include "kernels/linear/loss_pass_simd.h"

#include <cstring>

#include "kernels/linear/lanes.h"
#include "kernels/linear/softmax_row.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

constexpr int kVectors = kPanel / kFloats;  // of a panel's row
constexpr int kTile = 8 / kVectors;         // 8 accumulators hide the latency of two multipliers

BAKEOFF_INLINE Floats load(const float* p) { return *reinterpret_cast<const Floats*>(p); }
BAKEOFF_INLINE void store(float* p, Floats v) { *reinterpret_cast<Floats*>(p) = v; }

// Callers' own arrays are aligned to their elements alone.
template <class Vector, class T>
BAKEOFF_INLINE Vector load_any(const T* p) {
  Vector v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

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

BAKEOFF_INLINE Floats only_seen(Floats x, Ints seen) { return (Floats)((Ints)x & seen); }

// Logits become residuals in place; loss (and slope) gain those of rows [row, row + count).
template <class Kind, bool weighted, bool folded>
BAKEOFF_INLINE void link(const ChunkView& chunk, const UnitView& unit, int row, int count, float* z) {
  BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    Floats sum{}, slopes{}, shape{}, dead{};
    if constexpr (Kind::kShaped) shape = load_any<Floats>(unit.shape + v * kFloats);
    if constexpr (Kind::kTube) dead = load_any<Floats>(unit.dead + v * kFloats);
    for (int r = 0; r < count; ++r) {
      float* at = z + r * kPanel + v * kFloats;
      auto point = loss_point<Kind, VectorOps>(load(at), broadcast(chunk.target[row + r]), shape, dead);
      if constexpr (weighted) {
        const Floats weight = broadcast(chunk.weight[row + r]);
        point.derivative *= weight;
        point.loss *= weight;
        if constexpr (Kind::kShaped) point.slope *= weight;
      }
      if constexpr (folded) {
        const Ints fold = load_any<Ints>(unit.left_out + v * kFloats);
        const Ints seen = fold != (Ints{} + chunk.fold[row + r]);
        point.derivative = only_seen(point.derivative, seen);
        point.loss = only_seen(point.loss, seen);
        if constexpr (Kind::kShaped) point.slope = only_seen(point.slope, seen);
      }
      store(at, point.derivative);
      sum += point.loss;
      if constexpr (Kind::kShaped) slopes += point.slope;
    }
    for (int i = 0; i < kFloats; ++i) unit.loss[v * kFloats + i] += sum[i];
    if constexpr (Kind::kShaped)
      for (int i = 0; i < kFloats; ++i) unit.slope[v * kFloats + i] += slopes[i];
  }
}

template <class Kind, bool weighted, bool folded>
void link_block(const ChunkView& chunk, const UnitView& unit, int row, int rows) {
  for (int r = 0; r < rows; r += kLossRows)
    link<Kind, weighted, folded>(chunk, unit, row + r, rows - r < kLossRows ? rows - r : kLossRows,
                                 unit.residuals + r * kPanel);
}

// softmax: the row's logits side by side, [models x classes] and a surplus.
void link_softmax(const ChunkView& chunk, const UnitView& unit, int row, int rows) {
  const ClassLayout& layout = unit.classes;
  const int panels = layout.panels(), classes = layout.classes;
  alignas(64) float z[kMostClasses];
  float losses[kPanel], sum[kPanel]{};
  for (int r = 0; r < rows; ++r) {
    for (int i = 0; i < panels * kPanel; i += kFloats)
      store(z + i, load(unit.residuals + (i / kPanel * kRowBlock + r) * kPanel + i % kPanel));
    const std::int32_t* left_out = chunk.fold ? unit.left_out : nullptr;
    softmax_row(z, layout, static_cast<int>(chunk.target[row + r]), chunk.weight ? chunk.weight[row + r] : 1.0f,
                left_out, left_out ? chunk.fold[row + r] : -1, losses);
    for (int m = 0; m < layout.models(); ++m) sum[m] += losses[m];
    for (int i = 0; i < panels * kPanel; i += kFloats)
      store(unit.residuals + (i / kPanel * kRowBlock + r) * kPanel + i % kPanel, load(z + i));
    if (r % kLossRows != kLossRows - 1 && r != rows - 1) continue;
    for (int m = 0; m < layout.models(); ++m) {
      unit.loss[m * classes] += sum[m];
      sum[m] = 0.0f;
    }
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

using Link = void (*)(const ChunkView&, const UnitView&, int row, int rows);

template <class Kind>
Link link_of(bool weighted, bool folded) {
  if (weighted) return folded ? link_block<Kind, true, true> : link_block<Kind, true, false>;
  return folded ? link_block<Kind, false, true> : link_block<Kind, false, false>;
}

Link link_of(const ChunkView& chunk, const UnitView& unit) {
  Link link = link_softmax;
  with_loss(unit.kind, [&](auto kind) {
    link = link_of<decltype(kind)>(chunk.weight != nullptr, unit.left_out != nullptr && chunk.fold != nullptr);
  });
  return link;
}

}  // namespace

void loss_chunk(const ChunkView& chunk, const UnitView& unit) {
  const Link link = link_of(chunk, unit);
  const int panels = unit.classes.panels();
  for (int row = 0; row < chunk.rows; row += kRowBlock) {
    const int real = chunk.rows - row < kRowBlock ? chunk.rows - row : kRowBlock;
    const int rows = (real + 7) / 8 * 8;
    for (int p = 0; p < panels; ++p) {
      float* z = unit.residuals + p * kRowBlock * kPanel;
      for (int r = 0; r < rows; r += kTile) forward(chunk, row + r, unit.theta + p * unit.panel_size, z + r * kPanel);
    }
    link(chunk, unit, row, real);
    for (int p = 0; p < panels; ++p) {
      const float* residuals = unit.residuals + p * kRowBlock * kPanel;
      float* gradient = unit.gradient + p * unit.panel_size;
      for (int k = 0; k < chunk.dense_rows; k += kTile) backward_dense(chunk, row, real, k, residuals, gradient);
      backward_tables(chunk, row, real, residuals, gradient);
    }
  }
}

void logits_chunk(const ChunkView& chunk, const float* theta, float* logits) {
  for (int row = 0; row < chunk.rows; row += kTile) forward(chunk, row, theta, logits + row * kPanel);
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

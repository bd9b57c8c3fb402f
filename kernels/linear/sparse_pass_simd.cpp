#include "kernels/linear/sparse_pass_simd.h"

#include <cstring>

#include "kernels/linear/lanes.h"
#include "kernels/linear/losses.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

constexpr int kVectors = kSparsePanel / kFloats;
using Half = float __attribute__((vector_size(kVectorBytes / 2), may_alias));

template <class V, class T>
BAKEOFF_INLINE V load(const T* p) {
  V v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

// sums[0, 16) += term, each float as a double
BAKEOFF_INLINE void add(const Floats* term, double* sums) {
  BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    Half half[2];
    std::memcpy(half, term + v, sizeof half);
    BAKEOFF_UNROLL
    for (int h = 0; h < 2; ++h) {
      double* to = sums + v * kFloats + h * kDoubles;
      const Doubles sum = load<Doubles>(to) + __builtin_convertvector(half[h], Doubles);
      std::memcpy(to, &sum, sizeof sum);
    }
  }
}

// Logits become residuals and losses.
template <SparseLoss loss>
BAKEOFF_INLINE void link(const SparseTask& task, Index row, Floats* z, Floats* losses) {
  const SparseRowsView& rows = *task.rows;
  const std::int32_t* left_out = task.panels->left_out;
  BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    if constexpr (loss == SparseLoss::logistic) {
      const Floats sign = broadcast(rows.labels[row] > 0 ? 1.0f : -1.0f);
      const auto point = logistic_point<VectorOps>(sign * z[v]);
      z[v] = -sign * point.probability;
      losses[v] = point.loss;
    } else {
      z[v] = z[v] - broadcast(static_cast<float>(rows.labels[row] - task.panels->label_shift));
      losses[v] = broadcast(0.5f) * (z[v] * z[v]);
    }
    if (rows.weights) {
      const Floats weight = broadcast(static_cast<float>(rows.weights[row]));
      z[v] *= weight;
      losses[v] *= weight;
    }
    if (left_out && rows.folds) {
      const Ints fold = load<Ints>(left_out + task.panel * kSparsePanel + v * kFloats);
      const Ints seen = fold != (Ints{} + rows.folds[row]);
      z[v] = (Floats)((Ints)z[v] & seen);
      losses[v] = (Floats)((Ints)losses[v] & seen);
    }
  }
}

template <SparseLoss loss, class Scalar>
void run(const SparseTask& task) {
  const SparseRowsView& rows = *task.rows;
  const Scalar* values = static_cast<const Scalar*>(rows.values);
  const float* theta = task.panels->theta + static_cast<Index>(task.panel) * (rows.columns + Index{1}) * kSparsePanel;
  const Index intercept = static_cast<Index>(rows.columns) * kSparsePanel;
  for (Index row = task.first; row < task.last; ++row) {
    Floats z[kVectors], losses[kVectors];
    BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) z[v] = load<Floats>(theta + intercept + v * kFloats);
    for (Index e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
      const Floats x = broadcast(static_cast<float>(values[e]));
      const float* from = theta + static_cast<Index>(rows.indices[e]) * kSparsePanel;
      BAKEOFF_UNROLL
      for (int v = 0; v < kVectors; ++v) z[v] = z[v] + x * load<Floats>(from + v * kFloats);
    }
    link<loss>(task, row, z, losses);
    for (Index e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
      const Floats x = broadcast(static_cast<float>(values[e]));
      Floats term[kVectors];
      BAKEOFF_UNROLL
      for (int v = 0; v < kVectors; ++v) term[v] = x * z[v];
      add(term, task.gradient + static_cast<Index>(rows.indices[e]) * kSparsePanel);
    }
    add(z, task.gradient + intercept);
    add(losses, task.value);
  }
}

}  // namespace

void sparse_rows(const SparseTask& task) {
  const bool narrow = task.rows->scalar == SparseRowsView::Scalar::f32;
  if (task.panels->loss == SparseLoss::logistic)
    narrow ? run<SparseLoss::logistic, float>(task) : run<SparseLoss::logistic, double>(task);
  else
    narrow ? run<SparseLoss::squared, float>(task) : run<SparseLoss::squared, double>(task);
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

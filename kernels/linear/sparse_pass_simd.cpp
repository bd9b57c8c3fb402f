#include "kernels/linear/sparse_pass_simd.h"

#include <cstring>

#include "kernels/linear/softmax_row.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

constexpr int kVectors = kPanel / kFloats;
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

// The logits of a row under one panel.
template <class Scalar>
BAKEOFF_INLINE void forward(const SparseRowsView& rows, Index row, const float* theta, Floats* z) {
  const Scalar* values = static_cast<const Scalar*>(rows.values);
  const float* intercept = theta + static_cast<Index>(rows.columns) * kPanel;
  BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) z[v] = load<Floats>(intercept + v * kFloats);
  for (Index e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
    const Floats x = broadcast(static_cast<float>(values[e]));
    const float* from = theta + static_cast<Index>(rows.indices[e]) * kPanel;
    BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) z[v] = z[v] + x * load<Floats>(from + v * kFloats);
  }
}

// The row's share of a panel's gradient.
template <class Scalar>
BAKEOFF_INLINE void backward(const SparseRowsView& rows, Index row, const Floats* residual, double* gradient) {
  const Scalar* values = static_cast<const Scalar*>(rows.values);
  for (Index e = rows.starts[row]; e < rows.starts[row + 1]; ++e) {
    const Floats x = broadcast(static_cast<float>(values[e]));
    Floats term[kVectors];
    BAKEOFF_UNROLL
    for (int v = 0; v < kVectors; ++v) term[v] = x * residual[v];
    add(term, gradient + static_cast<Index>(rows.indices[e]) * kPanel);
  }
  add(residual, gradient + static_cast<Index>(rows.columns) * kPanel);
}

// Logits become residuals, losses and slopes.
template <class Kind>
BAKEOFF_INLINE void link(const SparseTask& task, Index row, Floats* z, Floats* losses, Floats* slopes) {
  const SparseRowsView& rows = *task.rows;
  const PanelsView& panels = *task.panels;
  const Index column = static_cast<Index>(task.panel) * kPanel;
  const Floats target = broadcast(Kind::target(rows.labels[row]));
  BAKEOFF_UNROLL
  for (int v = 0; v < kVectors; ++v) {
    Floats shape{}, dead{};
    if constexpr (Kind::kShaped) shape = load<Floats>(panels.shape + column + v * kFloats);
    if constexpr (Kind::kTube) dead = load<Floats>(panels.dead + column + v * kFloats);
    auto point = loss_point<Kind, VectorOps>(z[v], target, shape, dead);
    if (rows.weights) {
      const Floats weight = broadcast(static_cast<float>(rows.weights[row]));
      point.derivative *= weight;
      point.loss *= weight;
      if constexpr (Kind::kShaped) point.slope *= weight;
    }
    if (panels.left_out && rows.folds) {
      const Ints fold = load<Ints>(panels.left_out + column + v * kFloats);
      const Ints seen = fold != (Ints{} + rows.folds[row]);
      point.derivative = (Floats)((Ints)point.derivative & seen);
      point.loss = (Floats)((Ints)point.loss & seen);
      if constexpr (Kind::kShaped) point.slope = (Floats)((Ints)point.slope & seen);
    }
    z[v] = point.derivative;
    losses[v] = point.loss;
    if constexpr (Kind::kShaped) slopes[v] = point.slope;
  }
}

template <class Kind, class Scalar>
void run(const SparseTask& task) {
  const SparseRowsView& rows = *task.rows;
  const float* theta = task.panels->theta + task.panel * rows.panel_size();
  for (Index row = task.first; row < task.last; ++row) {
    Floats z[kVectors], losses[kVectors], slopes[kVectors];
    forward<Scalar>(rows, row, theta, z);
    link<Kind>(task, row, z, losses, slopes);
    backward<Scalar>(rows, row, z, task.gradient);
    add(losses, task.loss);
    if constexpr (Kind::kShaped) add(slopes, task.slope);
  }
}

template <class Scalar>
void run_softmax(const SparseTask& task) {
  const SparseRowsView& rows = *task.rows;
  const ClassLayout& layout = task.panels->classes;
  const float* theta = task.panels->theta + task.panel * rows.panel_size();
  const std::int32_t* left_out =
      task.panels->left_out && rows.folds ? task.panels->left_out + static_cast<Index>(task.panel) * kPanel : nullptr;
  alignas(64) float z[kMostClasses];
  float losses[kPanel];
  Floats* const vectors = reinterpret_cast<Floats*>(z);
  for (Index row = task.first; row < task.last; ++row) {
    for (int p = 0; p < layout.panels(); ++p)
      forward<Scalar>(rows, row, theta + p * rows.panel_size(), vectors + p * kVectors);
    softmax_row(z, layout, static_cast<int>(rows.labels[row]),
                rows.weights ? static_cast<float>(rows.weights[row]) : 1.0f, left_out, left_out ? rows.folds[row] : -1,
                losses);
    for (int p = 0; p < layout.panels(); ++p)
      backward<Scalar>(rows, row, vectors + p * kVectors, task.gradient + p * rows.panel_size());
    for (int m = 0; m < layout.models(); ++m) task.loss[m * layout.classes] += losses[m];
  }
}

}  // namespace

void sparse_rows(const SparseTask& task) {
  const bool narrow = task.rows->scalar == SparseRowsView::Scalar::f32;
  if (task.panels->kind == Loss::softmax) return narrow ? run_softmax<float>(task) : run_softmax<double>(task);
  with_loss(task.panels->kind,
            [&](auto kind) { narrow ? run<decltype(kind), float>(task) : run<decltype(kind), double>(task); });
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

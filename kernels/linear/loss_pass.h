// Loss and gradient of many linear models in one pass over the rows: the logits of rows x models never reach memory.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/isa.h"
#include "kernels/launch.h"
#include "kernels/linear/losses.h"
#include "kernels/linear/rows.h"

namespace bakeoff::kernels {

// Models go in panels of 16 columns: a panel's parameters and gradient fit the first cache, 16 floats are a cache line.
inline constexpr int kPanel = 16;

// A panel's rows: the dense columns, the intercept, zeros up to a multiple of 8, then the categories.
BAKEOFF_HD inline constexpr int panel_dense_rows(int dense_columns) { return (dense_columns + 1 + 7) / 8 * 8; }
BAKEOFF_HD inline constexpr int panel_rows(int dense_columns, int categories) {
  return panel_dense_rows(dense_columns) + categories;
}
// Where raw parameter `p` (rows.h) stands in a panel.
BAKEOFF_HD inline constexpr int panel_row(const RowsView& rows, int p) {
  if (p < rows.dense_columns) return p;
  if (p == rows.intercept()) return rows.dense_columns;
  return panel_dense_rows(rows.dense_columns) + p - rows.dense_columns;
}

// The order of the sums, on every device: 8 losses (and slopes) are added as floats, then as doubles; a chunk's
// gradient as floats, row by row, then the chunks of a slot as doubles, then the slots. Chunks are dealt to slots in
// order.
inline constexpr int kPassSlots = 32;
inline constexpr int kLossRows = 8;
// 128 KB of dense values: with codes and signs a chunk stays in a second cache of 512 KB while every panel passes over
// it.
inline constexpr int chunk_rows(int dense_columns) {
  const int fit = 32768 / panel_dense_rows(dense_columns) / 64 * 64;
  return fit < 64 ? 64 : fit > 2048 ? 2048 : fit;
}

// A softmax model has a column a class, side by side: as many models as fit in a unit of panels. Surplus columns learn
// nothing.
inline constexpr int kMostClasses = 256;  // the logits of 64 rows stay in the second cache
class ClassLayout {
 public:
  // panels: of a unit; 0: as few as hold a model.
  BAKEOFF_HD constexpr ClassLayout(int classes = 1, int panels = 0)
      : classes(classes), panels_(panels > 0 ? panels : (classes + kPanel - 1) / kPanel) {}
  BAKEOFF_HD constexpr int models() const { return panels_ * kPanel / classes; }  // in a unit
  BAKEOFF_HD constexpr int panels() const { return panels_; }                     // of a unit

  int classes;

 private:
  int panels_;
};
// Three models of ten classes in two panels leave two columns empty, one a panel twelve.
constexpr ClassLayout dense_layout(int classes) {
  const ClassLayout one(classes), two(classes, 2 * one.panels());
  return classes <= kPanel && two.models() > 2 * one.models() ? two : one;
}

struct PanelsView {
  int panels = 0;                // whole units
  const float* theta = nullptr;  // panels x panel_rows x 16
  const Index* begin = nullptr;  // panels: the rows [begin, end) that a panel learns from
  const Index* end = nullptr;
  const std::int32_t* left_out = nullptr;  // panels x 16: the fold that a column does not see, -1 for none; or null
  double* gradient = nullptr;              // panels x panel_rows x 16: sum of the loss's derivative x
  double* loss = nullptr;                  // panels x 16: sum of losses; of softmax: in the model's first column
  Loss kind = Loss::logistic;
  ClassLayout classes;           // softmax: columns of a model
  const float* shape = nullptr;  // panels x 16: the shape of a loss that has one
  double* slope = nullptr;       // panels x 16: sum of the losses' derivatives by the shape
  const float* dead = nullptr;   // panels x 16: half the width of a tube in which nothing is lost
};

std::size_t loss_scratch_bytes(const RowsView& rows, const PanelsView& panels);
// Fills gradient, loss and slope of every panel; labels and weights are those of loss_row(). `scratch` is aligned to 64
// bytes. A column's answer does not depend on the other columns or on the number of threads.
void loss_gradient(const Workers& workers, const RowsView& rows, const PanelsView& panels, void* scratch,
                   Isa isa = best_isa());

// The same on a GPU: all pointers are the device's. Bits are those of the CPU's baseline (Isa::v2), which has no fused
// multiplications either. A unit must fit the GPU's shared memory: up to some 1,600 raw parameters on an H100 do.
bool loss_fits_device(const RowsView& rows, const PanelsView& panels);
std::size_t loss_device_scratch_bytes(const RowsView& rows, const PanelsView& panels);
void loss_gradient(Stream stream, const RowsView& rows, const PanelsView& panels, void* scratch);

std::size_t logits_scratch_bytes(const RowsView& rows, int panels);
// logits of rows [first, last) under panels: logits[(panel * 16 + column) * (last - first) + i - first].
void linear_logits(const Workers& workers, const RowsView& rows, Index first, Index last, int panels,
                   const float* theta, float* logits, void* scratch, Isa isa = best_isa());

}  // namespace bakeoff::kernels

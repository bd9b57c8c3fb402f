// The pass of loss_pass.h over sparse rows: neither the rows nor the logits are ever dense.
#pragma once
#include "kernels/linear/loss_pass.h"

namespace bakeoff::kernels {

// CSR: the values of row i and their columns are [starts[i], starts[i + 1]); no column twice in a row. A view.
struct SparseRowsView {
  enum class Scalar : std::uint8_t { f32, f64 };

  Index rows = 0;
  int columns = 0;
  const Index* starts = nullptr;          // rows + 1
  const std::int32_t* indices = nullptr;  // of columns
  const void* values = nullptr;
  Scalar scalar = Scalar::f32;

  const double* labels = nullptr;
  const double* weights = nullptr;      // null: 1
  const std::int32_t* folds = nullptr;  // null: one fold

  BAKEOFF_HD double value(Index e) const {
    return scalar == Scalar::f32 ? static_cast<const float*>(values)[e] : static_cast<const double*>(values)[e];
  }
  // A panel has the columns' parameters and then the intercepts.
  BAKEOFF_HD Index panel_size() const { return (columns + Index{1}) * kPanel; }
};

// Rows are dealt in order to slots, each with its own sums, which are added in order: at most 16, as long as one
// panel's sums stay below 32 MB. Never a matter of the threads or of the number of panels.
BAKEOFF_HD inline int sparse_slots(Index rows, int columns) {
  const Index fit = (Index{32} << 20) / ((columns + Index{1}) * kPanel * static_cast<Index>(sizeof(double)));
  const Index long_enough = rows / 1024;
  const Index slots = fit < long_enough ? fit : long_enough;
  return static_cast<int>(slots < 1 ? 1 : slots > 16 ? 16 : slots);
}

// As for dense rows; `theta` is aligned to 64 bytes. A model's answer depends neither on the other models nor on
// threads nor on the instruction set: no multiplication is fused.
std::size_t loss_scratch_bytes(const SparseRowsView& rows, const PanelsView& panels);
void loss_gradient(const Workers& workers, const SparseRowsView& rows, const PanelsView& panels, void* scratch,
                   Isa isa = best_isa());

// The same bits on a GPU: all pointers are the device's. Any number of columns fits.
std::size_t loss_device_scratch_bytes(const SparseRowsView& rows, const PanelsView& panels);
void loss_gradient(Stream stream, const SparseRowsView& rows, const PanelsView& panels, void* scratch);

}  // namespace bakeoff::kernels

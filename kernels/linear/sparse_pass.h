// Loss and gradient of many linear models in one pass over sparse rows: neither the rows nor the logits are ever dense.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/isa.h"
#include "kernels/launch.h"
#include "kernels/views.h"

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
};

// logistic: log-loss of labels 0 and 1. squared: half the squared error.
enum class SparseLoss : std::uint8_t { logistic, squared };

inline constexpr int kSparsePanel = 16;  // models side by side: 16 floats are a cache line

struct SparsePanelsView {
  SparseLoss loss = SparseLoss::logistic;
  double label_shift = 0;  // squared: labels are counted from here
  int panels = 0;
  const float* theta = nullptr;            // panels x (columns + 1) x 16, aligned to 64 bytes; the intercepts come last
  const std::int32_t* left_out = nullptr;  // panels x 16: the fold that a model does not see, -1 for none; or null
  double* gradient = nullptr;              // panels x (columns + 1) x 16
  double* value = nullptr;                 // panels x 16: sums of weight * loss
};

// Rows are dealt in order to slots, each with its own sums, which are added in order: at most 16, as long as one
// panel's sums stay below 32 MB. Never a matter of the threads or of the number of panels.
BAKEOFF_HD inline int sparse_slots(Index rows, int columns) {
  const Index fit = (Index{32} << 20) / ((columns + Index{1}) * kSparsePanel * static_cast<Index>(sizeof(double)));
  const Index long_enough = rows / 1024;
  const Index slots = fit < long_enough ? fit : long_enough;
  return static_cast<int>(slots < 1 ? 1 : slots > 16 ? 16 : slots);
}

std::size_t sparse_scratch_bytes(const SparseRowsView& rows, int panels);
// A model's answer depends neither on the other models nor on threads nor on the instruction set: no multiplication is
// fused.
void sparse_gradient(const Workers& workers, const SparseRowsView& rows, const SparsePanelsView& panels, void* scratch,
                     Isa isa = best_isa());

// The same bits on a GPU: all pointers are the device's.
std::size_t sparse_device_scratch_bytes(const SparseRowsView& rows, int panels);
void sparse_gradient(Stream stream, const SparseRowsView& rows, const SparsePanelsView& panels, void* scratch);

}  // namespace bakeoff::kernels

#include <algorithm>

#include "kernels/linear/sparse_pass_simd.h"

namespace bakeoff::kernels {
namespace {

Index panel_size(const SparseRowsView& rows) { return (rows.columns + Index{1}) * kSparsePanel; }

}  // namespace

std::size_t sparse_scratch_bytes(const SparseRowsView& rows, int panels) {
  const Index each = panel_size(rows) + kSparsePanel;
  return sizeof(double) * static_cast<std::size_t>(sparse_slots(rows.rows, rows.columns) * panels * each);
}

void sparse_gradient(const Workers& workers, const SparseRowsView& rows, const SparsePanelsView& panels, void* scratch,
                     Isa isa) {
  const Index size = panel_size(rows), slots = sparse_slots(rows.rows, rows.columns), count = panels.panels;
  double* const gradients = static_cast<double*>(scratch);  // slots x panels x size
  double* const values = gradients + slots * count * size;  // slots x panels x 16
  workers.for_each(slots * count, [&](Index i) {
    const Index slot = i / count, panel = i % count;
    SparseTask task{&rows, &panels};
    task.first = rows.rows * slot / slots;
    task.last = rows.rows * (slot + 1) / slots;
    task.panel = static_cast<int>(panel);
    task.gradient = gradients + i * size;
    task.value = values + i * kSparsePanel;
    std::fill_n(task.gradient, size, 0.0);
    std::fill_n(task.value, kSparsePanel, 0.0);
    sparse_rows(task, isa);
  });
  constexpr Index kBlock = 65536;
  const Index blocks = (count * size + kBlock - 1) / kBlock;
  workers.for_each(blocks, [&](Index b) {
    const Index first = b * kBlock, n = std::min(kBlock, count * size - first);
    std::copy_n(gradients + first, n, panels.gradient + first);
    for (Index slot = 1; slot < slots; ++slot) {
      const double* from = gradients + slot * count * size + first;
      for (Index i = 0; i < n; ++i) panels.gradient[first + i] += from[i];
    }
  });
  for (Index i = 0; i < count * kSparsePanel; ++i) {
    panels.value[i] = values[i];
    for (Index slot = 1; slot < slots; ++slot) panels.value[i] += values[slot * count * kSparsePanel + i];
  }
}

}  // namespace bakeoff::kernels

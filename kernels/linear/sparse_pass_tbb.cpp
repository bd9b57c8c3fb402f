#include <algorithm>

#include "kernels/linear/sparse_pass_simd.h"

namespace bakeoff::kernels {
namespace {

// out[i] = the slots' values of i, added in order; `stride` values a slot.
void add_slots(const double* from, Index stride, Index slots, Index count, double* out) {
  std::copy_n(from, count, out);
  for (Index slot = 1; slot < slots; ++slot)
    for (Index i = 0; i < count; ++i) out[i] += from[slot * stride + i];
}

}  // namespace

std::size_t loss_scratch_bytes(const SparseRowsView& rows, const PanelsView& panels) {
  const Index each = rows.panel_size() + 2 * kPanel;
  return sizeof(double) * static_cast<std::size_t>(sparse_slots(rows.rows, rows.columns) * panels.panels * each);
}

void loss_gradient(const Workers& workers, const SparseRowsView& rows, const PanelsView& panels, void* scratch,
                   Isa isa) {
  const Index size = rows.panel_size(), slots = sparse_slots(rows.rows, rows.columns), count = panels.panels;
  const Index unit = panels.classes.panels(), units = count / unit;
  double* const gradients = static_cast<double*>(scratch);  // slots x panels x size
  double* const losses = gradients + slots * count * size;  // slots x panels x 16
  double* const slopes = losses + slots * count * kPanel;   // likewise
  workers.for_each(slots * units, [&](Index i) {
    const Index slot = i / units, panel = i % units * unit, at = slot * count + panel;
    SparseTask task{&rows, &panels};
    task.first = std::max(rows.rows * slot / slots, panels.begin[panel]);
    task.last = std::min(rows.rows * (slot + 1) / slots, panels.end[panel]);
    task.panel = static_cast<int>(panel);
    task.gradient = gradients + at * size;
    task.loss = losses + at * kPanel;
    task.slope = slopes + at * kPanel;
    std::fill_n(task.gradient, unit * size, 0.0);
    std::fill_n(task.loss, unit * kPanel, 0.0);
    std::fill_n(task.slope, unit * kPanel, 0.0);
    sparse_rows(task, isa);
  });
  constexpr Index kBlock = 65536;
  workers.for_each((count * size + kBlock - 1) / kBlock, [&](Index b) {
    const Index first = b * kBlock;
    add_slots(gradients + first, count * size, slots, std::min(kBlock, count * size - first), panels.gradient + first);
  });
  add_slots(losses, count * kPanel, slots, count * kPanel, panels.loss);
  if (panels.slope) add_slots(slopes, count * kPanel, slots, count * kPanel, panels.slope);
}

}  // namespace bakeoff::kernels

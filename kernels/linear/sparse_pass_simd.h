// A slot of rows under one unit of panels of sparse_pass.h: the inner loops.
#pragma once
#include "kernels/linear/sparse_pass.h"

namespace bakeoff::kernels {

struct SparseTask {
  const SparseRowsView* rows = nullptr;
  const PanelsView* panels = nullptr;
  Index first = 0, last = 0;                 // rows, all of them in the unit's window
  int panel = 0;                             // the unit's first
  double* gradient = nullptr;                // of the unit; zeros: gains the rows' sums
  double *loss = nullptr, *slope = nullptr;  // 16 a panel, likewise
};

namespace v2 {
void sparse_rows(const SparseTask&);
}
namespace v3 {
void sparse_rows(const SparseTask&);
}
namespace v4 {
void sparse_rows(const SparseTask&);
}
inline void sparse_rows(const SparseTask& task, Isa isa) { BAKEOFF_FOR_ISA(isa, sparse_rows(task)); }

}  // namespace bakeoff::kernels

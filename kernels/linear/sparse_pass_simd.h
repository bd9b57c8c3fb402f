// A slot of rows under one panel of sparse_pass.h: the inner loops.
#pragma once
#include "kernels/linear/sparse_pass.h"

namespace bakeoff::kernels {

struct SparseTask {
  const SparseRowsView* rows = nullptr;
  const SparsePanelsView* panels = nullptr;
  Index first = 0, last = 0;  // rows
  int panel = 0;
  double* gradient = nullptr;  // (columns + 1) x 16, zeros: gains the rows' sums
  double* value = nullptr;     // 16, likewise
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

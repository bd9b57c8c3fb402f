// Dense columns of rows, shifted and scaled: where a pass over rows begins.
#pragma once
#include "kernels/isa.h"
#include "kernels/linear/rows.h"

namespace bakeoff::kernels {

namespace v2 {
void read_dense(const RowsView&, Index, double*);
void read_dense(const RowsView&, Index, float*);
}  // namespace v2
namespace v3 {
void read_dense(const RowsView&, Index, double*);
void read_dense(const RowsView&, Index, float*);
}  // namespace v3
namespace v4 {
void read_dense(const RowsView&, Index, double*);
void read_dense(const RowsView&, Index, float*);
}  // namespace v4

// Writes dense columns of a row to out[0, dense_columns). The same values with every instruction set.
inline void read_dense(const RowsView& view, Index row, double* out, Isa isa) {
  BAKEOFF_FOR_ISA(isa, read_dense(view, row, out));
}
inline void read_dense(const RowsView& view, Index row, float* out, Isa isa) {
  BAKEOFF_FOR_ISA(isa, read_dense(view, row, out));
}

}  // namespace bakeoff::kernels

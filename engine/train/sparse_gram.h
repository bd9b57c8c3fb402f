// kernels/linear/gram.h for sparse rows: on the CPU whatever the device, because it costs a small part of one pass
// where rows are short.
#pragma once
#include "core/execution.h"
#include "kernels/linear/gram.h"
#include "kernels/linear/sparse_pass.h"

namespace bakeoff {

// out[s] = sum over segment s of weight * z z', z = (columns, 1, label - label_shift): count symmetric matrices of
// columns + 2. Position i of `order` is a row; null: position i is row i.
void sparse_gram(const Execution& execution, const kernels::SparseRowsView& rows, const kernels::Index* order,
                 const kernels::GramSegment* segments, int count, double label_shift, double* out);

}  // namespace bakeoff

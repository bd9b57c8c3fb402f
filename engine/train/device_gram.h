// The Grams of kernels/linear/gram.h on a GPU.
#pragma once
#include "core/execution.h"
#include "kernels/linear/gram.h"

namespace bakeoff {

// Like kernels::gram with all of it in host memory. kernels::DeviceError.
void device_gram(const Execution& execution, const kernels::RowsView& rows, const kernels::Index* order,
                 const kernels::GramSegment* segments, int count, double label_shift, double* out);

}  // namespace bakeoff

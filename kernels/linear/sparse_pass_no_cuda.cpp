#include "kernels/linear/sparse_pass.h"
#include "kernels/no_cuda.h"

namespace bakeoff::kernels {

std::size_t sparse_device_scratch_bytes(const SparseRowsView&, int) { return 0; }

void sparse_gradient(Stream, const SparseRowsView&, const SparsePanelsView&, void*) { refuse("training"); }

}  // namespace bakeoff::kernels

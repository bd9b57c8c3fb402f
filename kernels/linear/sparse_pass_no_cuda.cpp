#include "kernels/cuda_runtime.h"
#include "kernels/linear/sparse_pass.h"

namespace bakeoff::kernels {

std::size_t sparse_device_scratch_bytes(const SparseRowsView&, int) { return 0; }

void sparse_gradient(Stream, const SparseRowsView&, const SparsePanelsView&, void*) {
  throw DeviceError(DeviceFault::kNoDevice, "training on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace bakeoff::kernels

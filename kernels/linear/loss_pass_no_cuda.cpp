#include "kernels/cuda_runtime.h"
#include "kernels/linear/loss_pass.h"

namespace bakeoff::kernels {

bool loss_fits_device(const RowsView&, const PanelsView&) { return false; }

std::size_t loss_device_scratch_bytes(const RowsView&, const PanelsView&) { return 0; }

void loss_gradient(Stream, const RowsView&, const PanelsView&, void*) {
  throw DeviceError(DeviceFault::kNoDevice, "training on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace bakeoff::kernels

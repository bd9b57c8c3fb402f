#include "kernels/cuda_runtime.h"
#include "kernels/linear/logistic.h"

namespace bakeoff::kernels {

bool logistic_fits_device(const RowsView&) { return false; }

std::size_t logistic_device_scratch_bytes(const RowsView&, int) { return 0; }

void logistic_gradient(Stream, const RowsView&, const PanelsView&, void*) {
  throw DeviceError(DeviceFault::kNoDevice, "training on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace bakeoff::kernels

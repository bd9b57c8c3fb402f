#include "kernels/cuda_runtime.h"
#include "kernels/metrics/code_sums.h"

namespace bakeoff::kernels {

void code_sums(Stream, const CodedRows&, double*, void*) {
  throw DeviceError(DeviceFault::kNoDevice, "metrics on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace bakeoff::kernels

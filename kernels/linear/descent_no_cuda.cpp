#include "kernels/cuda_runtime.h"
#include "kernels/linear/descent.h"

namespace bakeoff::kernels {

void descend(Stream, const DescentProblem*, int, int) {
  throw DeviceError(DeviceFault::kNoDevice, "training on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace bakeoff::kernels

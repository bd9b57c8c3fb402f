#include "kernels/cuda_runtime.h"
#include "kernels/resample/code_bootstrap.h"

namespace bakeoff::kernels {

void code_bootstrap(Stream, const CodedRows&, const ResampleUnits&, const Resamples&, int, ExactSum*) {
  throw DeviceError(DeviceFault::kNoDevice,
                    "bootstrap on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace bakeoff::kernels

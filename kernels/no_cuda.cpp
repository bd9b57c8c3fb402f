#include "kernels/cuda_runtime.h"

namespace bakeoff::kernels {

std::string why_no_cuda() { return "this build has no CUDA backend (nvcc was not found when it was built)"; }

}  // namespace bakeoff::kernels

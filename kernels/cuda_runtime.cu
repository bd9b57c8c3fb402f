#include <cuda_runtime.h>

#include "kernels/cuda_runtime.h"

namespace bakeoff::kernels {

std::string why_no_cuda() {
  int devices = 0;
  const cudaError_t status = cudaGetDeviceCount(&devices);
  if (status != cudaSuccess) return std::string("no GPU can be used: ") + cudaGetErrorString(status);
  return devices > 0 ? "" : "this machine shows no GPU";
}

}  // namespace bakeoff::kernels

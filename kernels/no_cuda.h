// What the functions that want a GPU say in a build without CUDA: each *_no_cuda.cpp stands for a .cu file.
#pragma once
#include "kernels/cuda_runtime.h"
#include "kernels/launch.h"

namespace bakeoff::kernels {

[[noreturn]] inline void refuse(const char* what) {
  throw DeviceError(DeviceFault::kNoDevice,
                    std::string(what) + " on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace bakeoff::kernels

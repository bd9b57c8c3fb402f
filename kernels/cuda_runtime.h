// Is there a GPU that this build can use? Answered by cuda_runtime.cu, or by no_cuda.cpp in a build without nvcc.
#pragma once
#include <string>

namespace bakeoff::kernels {

// Empty if a GPU can be used; else the reason, to be put after "but".
std::string why_no_cuda();

}  // namespace bakeoff::kernels

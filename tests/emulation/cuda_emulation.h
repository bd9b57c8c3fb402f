// CUDA C++ for kernels, thread by thread on the CPU: each CUDA thread is a fiber, each block stays on one OS thread,
// blocks run side by side. For tests only. Kernel files get it through kernels/launch.h; README-like text on how to
// write a test is at the head of CMakeLists.txt.
//
// Don't include cuda_runtime.h in the same translation unit. Not modelled: clusters, grid sync, tensor cores, textures,
// asynchronous copies, streams (a launch has finished when it returns), device memory (it is host memory).
#pragma once

#include "emulation/atomics.h"
#include "emulation/builtins.h"
#include "emulation/options.h"
#include "emulation/runtime.h"
#include "emulation/warp.h"

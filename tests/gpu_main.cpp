// The main of tests that need a GPU: without one they are skipped (77 is CTest's SKIP_RETURN_CODE), never passed.
#include <gtest/gtest.h>

#include <cstdio>

#include "kernels/cuda_runtime.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::string why = bakeoff::kernels::why_no_cuda();
  if (!why.empty()) {
    std::printf("skipped: no GPU (%s)\n", why.c_str());
    return 77;
  }
  return RUN_ALL_TESTS();
}

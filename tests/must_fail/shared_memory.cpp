// Shared memory goes through the two macros, which the race detector sees; a raw __shared__ would escape it. So would
// the approximate functions of nvcc, whose bits no other device has.
// layer: emulation
// must say: '__(shared__|fdividef)' (does not name a type|was not declared)|static assertion failed
#include <string>

#include "kernels/launch.h"

namespace bakeoff::kernels {

static __global__ void right(float* out) {
  BAKEOFF_STATIC_SHARED(partial, float[32]);
  BAKEOFF_DYNAMIC_SHARED(float, tile);
  partial[threadIdx.x] = tile[threadIdx.x];
#ifdef MUST_FAIL_1
  static __shared__ float raw[32];
  raw[0] = 0;
#endif
#ifdef MUST_FAIL_2
  __shared__ float raw[32];
#endif
#ifdef MUST_FAIL_3
  BAKEOFF_STATIC_SHARED(owner, std::string);
#endif
#ifdef MUST_FAIL_4
  partial[0] = __fdividef(partial[0], 2);
#endif
  __syncthreads();
  out[threadIdx.x] = partial[threadIdx.x];
}

}  // namespace bakeoff::kernels

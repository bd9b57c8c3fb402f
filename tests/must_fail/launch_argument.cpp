// What crosses into a kernel is copied as bytes: nothing that owns memory, and a real stream.
// layer: emulation
// must say: kernel parameters are copied as bytes|no matching function for call to 'launch|use of deleted function
#include <vector>

#include "kernels/launch.h"

namespace bakeoff::kernels {

static __global__ void takes_a_pointer(const float* values) { (void)values; }
static __global__ void takes_a_vector(std::vector<float> values) { (void)values; }

void right(const std::vector<float>& values) {
  launch(takes_a_pointer, dim3(1), dim3(32), 0, Stream{}, values.data());
#ifdef MUST_FAIL_1
  launch(takes_a_vector, dim3(1), dim3(32), 0, Stream{}, values);
#endif
#ifdef MUST_FAIL_2
  launch(takes_a_pointer, dim3(1), dim3(32), 0, 0, values.data());
#endif
#ifdef MUST_FAIL_3
  launch(takes_a_pointer, dim3(1), dim3(32), 0, Stream{});
#endif
  (void)takes_a_vector;
}

}  // namespace bakeoff::kernels

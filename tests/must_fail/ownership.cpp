// A Buffer holds plain bytes and has one owner; Workers are passed by reference, never copied.
// layer: core
// must say: static assertion failed|use of deleted function
#include <string>

#include "core/buffer.h"
#include "kernels/execute_tbb.h"

void right(const bakeoff::kernels::Workers& workers) {
  bakeoff::Buffer<double> buffer(3);
  bakeoff::Buffer<double> moved = std::move(buffer);
#ifdef MUST_FAIL_1
  bakeoff::Buffer<std::string> texts(3);
#endif
#ifdef MUST_FAIL_2
  bakeoff::Buffer<double> copied = moved;
#endif
#ifdef MUST_FAIL_3
  bakeoff::kernels::Workers copied = workers;
#endif
  (void)workers;
}

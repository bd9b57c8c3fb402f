// A stream is never made of a number or of nothing: a forgotten argument would become CUDA's default stream.
// layer: kernels
// must say: use of deleted function|cannot convert|could not convert
#include "kernels/launch.h"

using bakeoff::kernels::Stream;

void takes_a_stream(int rows, Stream stream);

void right(Stream::Handle handle) {
  takes_a_stream(1, Stream{});
  takes_a_stream(1, Stream{handle});
#ifdef MUST_FAIL_1
  Stream{0};
#endif
#ifdef MUST_FAIL_2
  Stream{nullptr};
#endif
#ifdef MUST_FAIL_3
  takes_a_stream(1, 0);
#endif
#ifdef MUST_FAIL_4
  takes_a_stream(1, nullptr);
#endif
#ifdef MUST_FAIL_5
  takes_a_stream(1, handle);
#endif
#ifdef MUST_FAIL_6
  Stream{1ul};
#endif
}

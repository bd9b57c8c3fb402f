// Memory as the passes over rows want theirs, aligned to 64 bytes, for tests.
#pragma once
#include <cstdlib>

#include "kernels/views.h"

namespace bakeoff::kernels::test {

template <class T>
struct Aligned {
  explicit Aligned(Index n)
      : data(static_cast<T*>(std::aligned_alloc(64, (static_cast<std::size_t>(n) * sizeof(T) + 64) / 64 * 64))),
        size(n) {}
  Aligned(const Aligned&) = delete;
  ~Aligned() { std::free(data); }
  T* data;
  Index size;
};

}  // namespace bakeoff::kernels::test

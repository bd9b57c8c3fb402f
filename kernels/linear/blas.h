// OpenBLAS on the calling thread alone: our own threads are above it.
#pragma once
#include <cblas.h>

namespace bakeoff::kernels {

inline void use_one_blas_thread() {
  static const bool once = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  (void)once;
}

}  // namespace bakeoff::kernels

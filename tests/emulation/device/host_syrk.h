// A plain loop in the place of cuBLAS, for the Gram of kernels/linear.
#pragma once
#include "kernels/linear/gram.cuh"

namespace bakeoff::emulation {

struct HostSyrk {
  void operator()(const double* z, kernels::Index rows, int order, double* out) const {
    for (kernels::Index r = 0; r < rows; ++r)
      for (int i = 0; i < order; ++i)
        for (int j = 0; j <= i; ++j)
          out[static_cast<kernels::Index>(i) * order + j] += z[r * order + i] * z[r * order + j];
  }
};

}  // namespace bakeoff::emulation

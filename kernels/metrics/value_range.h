// What values lie between, and whether all are finite: every input is read once for it before anything is computed.
#pragma once
#include <limits>

#include "kernels/execute_tbb.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

struct ValueRange {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  bool finite = true;       // no NaN, no inf; if not, low and high say nothing
  bool zero_or_one = true;  // all of them
};

/// Of n values, side by side or `stride` apart. The same for any number of threads.
template <class T>
ValueRange value_range(const Workers& workers, const T* values, Index stride, Index n);

/// How many of n values, side by side, are not 0.
Index count_nonzero(const Workers& workers, const double* values, Index n);

}  // namespace bakeoff::kernels

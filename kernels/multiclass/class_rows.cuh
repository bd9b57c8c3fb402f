#pragma once
#include "kernels/launch.h"
#include "kernels/multiclass/class_rows.h"

namespace bakeoff::kernels {
namespace detail {

// A thread a row.
template <class T>
static __global__ void class_rows_kernel(ClassScores<T> in, ClassRowsOut<T> out) {
  const Index row = blockIdx.x * Index{kLanes} + threadIdx.x;
  if (row < in.rows()) class_row(in, row, out);
}

}  // namespace detail

template <class T>
void class_rows(Stream stream, const ClassScores<T>& in, const ClassRowsOut<T>& out) {
  if (in.rows() == 0) return;
  launch(detail::class_rows_kernel<T>, dim3(static_cast<unsigned>((in.rows() + kLanes - 1) / kLanes)), dim3(kLanes), 0,
         stream, in, out);
}

}  // namespace bakeoff::kernels

#include "kernels/linear/dense_rows_simd.h"

#include <cstring>

#include "kernels/linear/lanes.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

template <class Out>
BAKEOFF_INLINE Out value(const RowsView& view, double x, int k) {
  if (view.shift) x -= view.shift[k];
  if (view.scale) x *= view.scale[k];
  return static_cast<Out>(x);
}

// Any type, any stride.
template <class In, class Out>
void read_plain(const RowsView& view, const In* row, Out* out, int first) {
  for (int k = first; k < view.dense_columns; ++k) out[k] = value<Out>(view, row[k * view.column_stride], k);
}

BAKEOFF_INLINE Doubles load_any(const double* p) {
  Doubles v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

}  // namespace

void read_dense(const RowsView& view, Index i, double* out) {
  if (view.scalar == RowsView::Scalar::f32)
    return read_plain(view, static_cast<const float*>(view.dense) + i * view.row_stride, out, 0);
  const double* row = static_cast<const double*>(view.dense) + i * view.row_stride;
  int k = 0;
  if (view.column_stride == 1 && view.shift && view.scale)
    for (; k + kDoubles <= view.dense_columns; k += kDoubles) {
      const Doubles x = (load_any(row + k) - load_any(view.shift + k)) * load_any(view.scale + k);
      std::memcpy(out + k, &x, sizeof x);
    }
  read_plain(view, row, out, k);
}

void read_dense(const RowsView& view, Index i, float* out) {
  if (view.dense_columns == 0) return;  // memcpy wants pointers even for nothing
  if (view.scalar == RowsView::Scalar::f64)
    return read_plain(view, static_cast<const double*>(view.dense) + i * view.row_stride, out, 0);
  const float* row = static_cast<const float*>(view.dense) + i * view.row_stride;
  if (view.column_stride == 1 && !view.shift && !view.scale)
    std::memcpy(out, row, static_cast<std::size_t>(view.dense_columns) * sizeof(float));
  else
    read_plain(view, row, out, 0);
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

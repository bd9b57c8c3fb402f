// What the linear families read: numbers and codes, one row an example. A view; it never owns.
#pragma once
#include "kernels/views.h"

namespace bakeoff::kernels {

// Raw parameters are numbered: the dense columns, then the categories of each categorical column, then the intercept.
struct RowsView {
  enum class Scalar : std::uint8_t { f32, f64 };

  Index rows = 0;
  // Dense column k of row i is ((element i * row_stride + k * column_stride of `dense`) - shift[k]) * scale[k].
  const void* dense = nullptr;
  Scalar scalar = Scalar::f32;
  Index row_stride = 0, column_stride = 1;  // in elements
  int dense_columns = 0;
  const double* shift = nullptr;  // null: 0
  const double* scale = nullptr;  // null: 1
  // rows x categoricals, row-major; code c of column j is raw parameter offsets[j] + c.
  const std::int32_t* codes = nullptr;
  const std::int32_t* offsets = nullptr;
  int categoricals = 0;
  int categories = 0;  // of all columns together

  const double* labels = nullptr;
  const double* weights = nullptr;      // null: 1
  const std::int32_t* folds = nullptr;  // null: one fold; at least 0

  BAKEOFF_HD int intercept() const { return dense_columns + categories; }
  BAKEOFF_HD int parameters() const { return intercept() + 1; }
};

}  // namespace bakeoff::kernels

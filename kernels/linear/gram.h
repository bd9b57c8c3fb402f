// Sums of products of the rows: all that ridge needs of the data, and the curvature that logistic starts from.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/isa.h"
#include "kernels/launch.h"
#include "kernels/linear/rows.h"

namespace bakeoff::kernels {

// A set of rows whose Gram is wanted: positions [begin, end) of an order.
struct GramSegment {
  Index begin = 0, end = 0;
};

// Raw parameters (the intercept is the last) and the label.
inline int gram_order(const RowsView& rows) { return rows.parameters() + 1; }

std::size_t gram_scratch_bytes(const RowsView& rows, const GramSegment* segments, int count);
// out[s] = sum over segment s of weight * z z', z = (dense columns, categories as 0/1, 1, label - label_shift), in
// double: count symmetric matrices of gram_order. Position i of `order` is a row; null: position i is row i. Each row
// is read once; categories cost what is not zero of them. `scratch` is aligned to 64 bytes.
void gram(const Workers& workers, const RowsView& rows, const Index* order, const GramSegment* segments, int count,
          double label_shift, double* out, void* scratch, Isa isa = best_isa());

// The same on a GPU, where all pointers but `segments` are: blocks of rows are spelled out densely, and cuBLAS adds
// their products. The same sums in cuBLAS's order: equal up to rounding, and equal bits each time on one kind of GPU.
// cuBLAS is opened when it is first needed, so that a program that is linked with this starts without it; DeviceError
// if there is none.
std::size_t gram_device_scratch_bytes(const RowsView& rows, const GramSegment* segments, int count);
void gram(Stream stream, const RowsView& rows, const Index* order, const GramSegment* segments, int count,
          double label_shift, double* out, void* scratch);

}  // namespace bakeoff::kernels

// Products of dense matrices, row-major, on the calling thread: callers share work out by matrices or by blocks of
// rows.
#pragma once
#include "kernels/portable.h"

namespace bakeoff::kernels {

enum class Transpose : std::uint8_t { no, yes };

// c (rows x columns) = a' b' + keep * c, where a' is rows x inner and b' inner x columns after their transposition.
// Leading dimensions are those of the stored matrices. c is not read where keep is 0.
void gemm(Transpose transpose_a, Transpose transpose_b, Index rows, Index columns, Index inner, const double* a,
          Index lead_a, const double* b, Index lead_b, double keep, double* c, Index lead_c);

}  // namespace bakeoff::kernels

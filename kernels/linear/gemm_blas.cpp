#include "kernels/linear/blas.h"
#include "kernels/linear/gemm.h"

namespace bakeoff::kernels {

void gemm(Transpose transpose_a, Transpose transpose_b, Index rows, Index columns, Index inner, const double* a,
          Index lead_a, const double* b, Index lead_b, double keep, double* c, Index lead_c) {
  if (rows == 0 || columns == 0) return;
  use_one_blas_thread();
  const auto which = [](Transpose t) { return t == Transpose::yes ? CblasTrans : CblasNoTrans; };
  const auto small = [](Index i) { return static_cast<blasint>(i); };
  cblas_dgemm(CblasRowMajor, which(transpose_a), which(transpose_b), small(rows), small(columns), small(inner), 1.0, a,
              small(lead_a), b, small(lead_b), keep, c, small(lead_c));
}

}  // namespace bakeoff::kernels

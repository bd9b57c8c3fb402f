#include "kernels/linear/cholesky.h"

#include "kernels/linear/blas.h"

extern "C" void dposv_(const char* uplo, const blasint* n, const blasint* right_sides, double* a, const blasint* lead,
                       double* b, const blasint* lead_b, blasint* info);

namespace bakeoff::kernels {

bool cholesky_solve(Index order, double* a, double* b) {
  if (order == 0) return true;
  use_one_blas_thread();
  const blasint n = static_cast<blasint>(order), one = 1;
  blasint info = 0;
  dposv_("L", &n, &one, a, &n, b, &n, &info);
  return info == 0;
}

}  // namespace bakeoff::kernels

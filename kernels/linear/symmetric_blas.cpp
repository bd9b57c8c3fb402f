#include "kernels/linear/symmetric.h"

#include <cmath>

#include "kernels/linear/blas.h"

extern "C" void dsyevd_(const char* job, const char* uplo, const blasint* n, double* a, const blasint* lead,
                        double* values, double* work, const blasint* work_size, blasint* integers,
                        const blasint* integers_size, blasint* info);

namespace bakeoff::kernels {
namespace {

// The minimum by LAPACK's documentation for eigenvectors, and room for blocks of the reduction.
Index work_size(Index n) { return 1 + 6 * n + 2 * n * n + 64 * n; }
Index integers_size(Index n) { return 3 + 5 * n; }

}  // namespace

std::size_t symmetric_eigen_scratch_bytes(Index n) {
  return static_cast<std::size_t>(work_size(n)) * sizeof(double) +
         static_cast<std::size_t>(integers_size(n)) * sizeof(blasint);
}

bool symmetric_eigen(Index order, double* a, double* values, void* scratch) {
  if (order == 0) return true;
  for (Index i = 0; i < order * order; ++i)
    if (!std::isfinite(a[i])) return false;
  use_one_blas_thread();
  const blasint n = static_cast<blasint>(order), work = static_cast<blasint>(work_size(order)),
                integers = static_cast<blasint>(integers_size(order));
  auto* doubles = static_cast<double*>(scratch);
  blasint info = 0;
  // Column-major on both sides: column i of the answer is an eigenvector, which we read as row i.
  dsyevd_("V", "L", &n, a, &n, values, doubles, &work, reinterpret_cast<blasint*>(doubles + work), &integers, &info);
  return info == 0;
}

}  // namespace bakeoff::kernels

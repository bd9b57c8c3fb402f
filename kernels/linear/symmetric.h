// Eigenvalues and eigenvectors of a symmetric matrix, on the calling thread.
#pragma once
#include "kernels/portable.h"

namespace bakeoff::kernels {

std::size_t symmetric_eigen_scratch_bytes(Index order);
// a = q' diag(values) q, values ascending; row i of q, which replaces a, is the eigenvector of values[i]. LAPACK's
// dsyevd: measured at order 100 (Zen 3, OpenBLAS 0.3.21) .80 ms, dsyevr .85 ms, and one Cholesky .024 ms, so that from
// 34 penalties on the decomposition is the cheaper way even without what it saves afterwards. False if the iteration
// failed or a is not finite; a is then spoilt.
bool symmetric_eigen(Index order, double* a, double* values, void* scratch);

}  // namespace bakeoff::kernels

// Systems of a symmetric positive definite matrix, on the calling thread.
#pragma once
#include "kernels/portable.h"

namespace bakeoff::kernels {

// b becomes the x of a x = b; a, row-major, both triangles, becomes its factor. False if a is not positive definite: a
// and b are then spoilt.
bool cholesky_solve(Index order, double* a, double* b);

}  // namespace bakeoff::kernels

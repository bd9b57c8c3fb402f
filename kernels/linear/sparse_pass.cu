#include "kernels/linear/sparse_pass.cuh"

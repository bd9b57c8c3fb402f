#include "kernels/metrics/code_sums.cuh"

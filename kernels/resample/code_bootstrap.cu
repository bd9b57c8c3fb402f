#include "kernels/resample/code_bootstrap.cuh"

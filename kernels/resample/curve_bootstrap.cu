#include "kernels/resample/curve_bootstrap.cuh"

#include "kernels/linear/descent.cuh"

#include "kernels/drift/two_sample.cuh"

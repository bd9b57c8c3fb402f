#include "kernels/drift/mmd.cuh"

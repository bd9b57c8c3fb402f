#include "kernels/drift/bin_counts.cuh"

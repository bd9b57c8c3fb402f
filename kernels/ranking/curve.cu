#include "kernels/ranking/curve.cuh"

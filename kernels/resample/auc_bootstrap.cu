#include "kernels/resample/auc_bootstrap.cuh"

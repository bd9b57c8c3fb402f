#include "kernels/linear/logistic.cuh"

namespace bakeoff::kernels {

bool logistic_fits_device(const RowsView& rows) {
  int device = 0, limit = 0;
  check(cudaGetDevice(&device), "asking for the current device");
  check(cudaDeviceGetAttribute(&limit, cudaDevAttrMaxSharedMemoryPerBlockOptin, device), "asking for shared memory");
  return detail::pass_shape(rows).bytes() <= static_cast<std::size_t>(limit);
}

}  // namespace bakeoff::kernels

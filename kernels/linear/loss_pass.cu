#include "kernels/linear/loss_pass.cuh"

namespace bakeoff::kernels {

bool loss_fits_device(const RowsView& rows, const PanelsView& panels) {
  int device = 0, limit = 0;
  check(cudaGetDevice(&device), "asking for the current device");
  check(cudaDeviceGetAttribute(&limit, cudaDevAttrMaxSharedMemoryPerBlockOptin, device), "asking for shared memory");
  return detail::pass_shape(rows, panels).bytes() <= static_cast<std::size_t>(limit);
}

}  // namespace bakeoff::kernels

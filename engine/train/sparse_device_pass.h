// The pass of kernels/linear/sparse_pass.h on a GPU: the rows stay there, parameters go up and gradients come back.
#pragma once
#include "kernels/device_memory.h"
#include "kernels/linear/sparse_pass.h"

namespace bakeoff {

class SparseDevicePass {
 public:
  explicit SparseDevicePass(const kernels::SparseRowsView& rows);

  // Like kernels::sparse_gradient with all of `panels` in host memory. kernels::DeviceError.
  void run(const kernels::SparsePanelsView& panels);

 private:
  kernels::Stream stream_;
  kernels::SparseRowsView rows_;  // pointers are the device's
  kernels::DeviceArray<kernels::Index> starts_;
  kernels::DeviceArray<std::int32_t> indices_, folds_, left_out_;
  kernels::DeviceArray<char> values_, scratch_;
  kernels::DeviceArray<double> labels_, weights_, gradient_, value_;
  kernels::DeviceArray<float> theta_;
};

}  // namespace bakeoff

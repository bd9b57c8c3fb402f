// The pass of kernels/linear/loss_pass.h on a GPU: the rows stay there, parameters go up and gradients come back.
#pragma once
#include "core/execution.h"
#include "kernels/device_memory.h"
#include "kernels/linear/loss_pass.h"

namespace bakeoff {

class DevicePass {
 public:
  // Copies the rows, dense columns as the float32 that the CPU's pass would make of them.
  DevicePass(const Execution& execution, const kernels::RowsView& rows);

  // Like kernels::loss_gradient with all of `panels` in host memory. kernels::DeviceError.
  void run(const kernels::PanelsView& panels);

 private:
  void copy_dense(const Execution& execution, const kernels::RowsView& rows);

  kernels::Stream stream_;
  kernels::RowsView rows_;  // pointers are the device's
  kernels::DeviceArray<float> dense_, theta_, shape_, dead_;
  kernels::DeviceArray<std::int32_t> codes_, offsets_, folds_, left_out_;
  kernels::DeviceArray<double> labels_, weights_, gradient_, loss_, slope_;
  kernels::DeviceArray<Index> begin_, end_;
  kernels::DeviceArray<char> scratch_;
};

}  // namespace bakeoff

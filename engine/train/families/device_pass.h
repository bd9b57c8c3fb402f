// The passes of kernels/linear/loss_pass.h and sparse_pass.h on a GPU: the rows stay there, parameters go up and
// gradients come back.
#pragma once
#include <optional>

#include "core/execution.h"
#include "kernels/device_memory.h"
#include "kernels/linear/sparse_pass.h"

namespace bakeoff {

class DevicePass {
 public:
  // Copies the rows, dense columns as the float32 that the CPU's pass would make of them.
  DevicePass(const Execution& execution, const kernels::RowsView& rows);
  explicit DevicePass(const kernels::SparseRowsView& rows);

  // Like kernels::loss_gradient with all of `panels` in host memory. kernels::DeviceError.
  void run(const kernels::PanelsView& panels);

 private:
  void copy_dense(const Execution& execution, const kernels::RowsView& rows);

  kernels::Stream stream_;
  kernels::RowsView rows_;                         // pointers are the device's
  std::optional<kernels::SparseRowsView> sparse_;  // instead of these
  kernels::DeviceArray<float> dense_, theta_, shape_, dead_;
  kernels::DeviceArray<std::int32_t> codes_, offsets_, indices_, folds_, left_out_;
  kernels::DeviceArray<double> labels_, weights_, gradient_, loss_, slope_;
  kernels::DeviceArray<Index> begin_, end_, starts_;
  kernels::DeviceArray<char> values_, scratch_;
};

}  // namespace bakeoff

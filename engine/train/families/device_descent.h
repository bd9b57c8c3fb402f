// Coordinate descent of kernels/linear/descent.h on a GPU, for problems that change a little from call to call.
#pragma once
#include <vector>

#include "kernels/device_memory.h"
#include "kernels/linear/descent.h"

namespace bakeoff {

class DeviceDescent {
 public:
  // The i-th problem of each call is the next of the same path: its Gram goes up again only when its order has changed.
  explicit DeviceDescent(int paths) : slots_(static_cast<std::size_t>(paths)) {}

  // Like kernels::descend with all of `problems` in host memory; those of order 0 are left alone. kernels::DeviceError.
  void run(const std::vector<kernels::DescentProblem>& problems);

 private:
  struct Slot {
    int order = 0;
    kernels::DeviceArray<double> gram, x, residual;
    kernels::DeviceArray<int> sweeps{1};
  };
  kernels::Stream stream_;
  std::vector<Slot> slots_;
  kernels::DeviceArray<kernels::DescentProblem> problems_;
};

}  // namespace bakeoff

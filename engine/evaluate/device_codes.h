// Sums by code and their replicates on a GPU.
#pragma once
#include "kernels/device_memory.h"
#include "kernels/metrics/coded_rows.h"
#include "kernels/resample/exact_sum.h"
#include "kernels/resample/resample_units.h"

namespace bakeoff {

class DeviceCodes {
 public:
  // Copies the rows, whose columns lie one behind the other. kernels::DeviceError.
  explicit DeviceCodes(const kernels::CodedRows& rows);

  // As kernels::code_sums and code_bootstrap with all of it in host memory.
  void sums(double* out);
  void bootstrap(const kernels::ResampleUnits& units, const kernels::Resamples& resamples, int exponent,
                 kernels::ExactSum* totals);

 private:
  kernels::Stream stream_;
  kernels::CodedRows rows_;  // pointers are the device's
  kernels::DeviceArray<std::int16_t> codes_;
  kernels::DeviceArray<kernels::Index> first_;
  kernels::DeviceArray<double> weights_;
};

}  // namespace bakeoff

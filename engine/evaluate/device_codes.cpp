#include "evaluate/device_codes.h"

#include <vector>

#include "kernels/metrics/code_sums.h"
#include "kernels/resample/code_bootstrap.h"

namespace bakeoff {

using kernels::copy_to_device;
using kernels::Index;

DeviceCodes::DeviceCodes(const kernels::CodedRows& rows)
    : rows_(rows),
      codes_(copy_to_device(stream_, rows.codes.data, rows.columns() * rows.rows())),
      first_(copy_to_device(stream_, rows.first, rows.columns() + 1)),
      weights_(copy_to_device(stream_, rows.weights.data, rows.rows())) {
  rows_.codes = kernels::matrix_view(static_cast<const std::int16_t*>(codes_.data()), rows.columns(), rows.rows(),
                                     kernels::Device::cuda);
  rows_.first = first_.data();
  rows_.weights.data = weights_.data();
}

void DeviceCodes::sums(double* out) {
  const kernels::DeviceArray<double> sums(rows_.sums);
  const kernels::DeviceArray<char> scratch(
      static_cast<Index>(kernels::code_sums_scratch_bytes(rows_.sums, rows_.rows())));
  kernels::code_sums(stream_, rows_, sums.data(), scratch.data());
  sums.download(stream_, out, rows_.sums);
}

void DeviceCodes::bootstrap(const kernels::ResampleUnits& units, const kernels::Resamples& resamples, int exponent,
                            kernels::ExactSum* totals) {
  const auto ids = copy_to_device(stream_, units.ids, units.count);
  const auto of_row = copy_to_device(stream_, units.of_row, rows_.rows());
  kernels::ResampleUnits there = units;
  there.ids = ids.data();
  there.of_row = of_row.data();
  const Index size = resamples.count * rows_.sums;
  const auto sums = copy_to_device(stream_, totals, size);  // to be added to
  kernels::code_bootstrap(stream_, rows_, there, resamples, exponent, sums.data());
  sums.download(stream_, totals, size);
}

}  // namespace bakeoff

// The rows of an evaluation on a GPU: copied there once, for all that is asked about them.
#pragma once
#include <variant>
#include <vector>

#include "evaluate/evaluate.h"
#include "evaluate/unit_index.h"
#include "kernels/device_memory.h"
#include "kernels/metrics/scored_rows.h"
#include "kernels/resample/resample_units.h"
#include "kernels/slices/slice_rows.h"

namespace bakeoff {

struct SliceSet;

class DeviceRows {
 public:
  // With `ranked`, for roc_auc too. kernels::DeviceError where the GPU has no room for them.
  DeviceRows(const EvaluateInput& input, const UnitIndex& units, bool ranked);

  kernels::Stream stream() const { return stream_; }
  template <class T>
  kernels::ScoredRows<T> scored() const {
    const T* const scores = std::get<kernels::DeviceArray<T>>(scores_).data();
    return {kernels::matrix_view(scores, candidates_, rows_, Device::cuda), vector(labels_), vector(weights_)};
  }
  template <class T>
  kernels::TensorView<const T, 1> candidate(Index m) const {
    const T* const scores = std::get<kernels::DeviceArray<T>>(scores_).data();
    return kernels::vector_view(scores + m * rows_, rows_, Device::cuda);
  }
  const std::uint8_t* positive() const { return positive_.data(); }
  const double* weights() const { return weights_.data(); }  // null without weights
  kernels::ResampleUnits units() const { return {units_, ids_.data(), 0, of_row_.data()}; }

 private:
  static kernels::TensorView<const double, 1> vector(const kernels::DeviceArray<double>& array) {
    return kernels::vector_view(static_cast<const double*>(array.data()), array.size(), Device::cuda);
  }
  template <class T>
  void copy_scores(const kernels::TensorView<const T, 2>& scores);

  kernels::Stream stream_;
  Index candidates_, rows_, units_;
  std::variant<kernels::DeviceArray<float>, kernels::DeviceArray<double>> scores_;  // M x N
  kernels::DeviceArray<double> labels_, weights_;
  kernels::DeviceArray<std::uint8_t> positive_;
  kernels::DeviceArray<std::int64_t> ids_;  // empty: by row
  kernels::DeviceArray<std::int32_t> of_row_;
};

// The views of a set with their lists on the GPU.
class DeviceSlices {
 public:
  DeviceSlices(const DeviceRows& rows, const SliceSet& set);
  const std::vector<kernels::SliceRows>& views() const { return views_; }

 private:
  std::vector<kernels::SliceRows> views_;
  std::vector<kernels::DeviceArray<std::int64_t>> lists_;
  std::vector<kernels::DeviceArray<std::int32_t>> units_;
};

}  // namespace bakeoff

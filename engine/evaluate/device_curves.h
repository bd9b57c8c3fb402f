// The rankings of a row set and the states of its curves, on a GPU.
#pragma once
#include "evaluate/row_set_state.h"
#include "kernels/device_memory.h"
#include "kernels/ranking/ranking.h"
#include "kernels/resample/curve_bootstrap.h"

namespace bakeoff {

template <class T>
class DeviceCurves {
 public:
  // Room for the rankings of `candidates` at once; `labels` are 0 or 1 a row. kernels::DeviceError.
  DeviceCurves(const RowSet<T>& set, const std::uint8_t* labels, Index candidates);

  // As kernels::sort_scores, curve_states and curve_bootstrap. The rankings lie on the device, at place `at` of the
  // room.
  kernels::RankingView rank(Index candidate, Index at);
  void states(const kernels::RankingView& ranking, const std::vector<kernels::CurveQuery>& queries,
              kernels::CurveState* out);
  void resample(const std::vector<kernels::RankingView>& rankings, const std::vector<kernels::CurveQuery>& queries,
                const kernels::Resamples& resamples, kernels::CurveState* out);

 private:
  const RowSet<T>& set_;
  kernels::Stream stream_;
  kernels::DeviceArray<T> scores_;
  kernels::DeviceArray<std::uint8_t> labels_, flags_;
  kernels::DeviceArray<double> weights_;
  kernels::DeviceArray<std::int64_t> ids_;
  kernels::DeviceArray<std::int32_t> of_row_;
  kernels::DeviceArray<std::uint32_t> row_;
  kernels::DeviceArray<kernels::CurveState> states_;
  kernels::DeviceArray<char> scratch_;
};

}  // namespace bakeoff

#include "evaluate/device_curves.h"

#include "core/buffer.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff {

using kernels::copy_to_device;
using kernels::CurveQuery;
using kernels::CurveState;
using kernels::RankingView;

template <class T>
DeviceCurves<T>::DeviceCurves(const RowSet<T>& set, const std::uint8_t* labels, Index candidates)
    : set_(set),
      scores_(set.n),
      labels_(copy_to_device(stream_, labels, set.n)),
      flags_(candidates * set.n),
      weights_(copy_to_device(stream_, set.input.weights, set.n)),
      row_(candidates * set.n) {
  if (set.units.by_row()) return;
  ids_ = copy_to_device(stream_, set.units.ids.data(), set.units.count());
  of_row_ = copy_to_device(stream_, set.units.of_row.data(), set.n);
}

template <class T>
RankingView DeviceCurves<T>::rank(Index candidate, Index at) {
  const kernels::TensorView<const T, 1> scores = set_.scores_of(candidate);
  const Index n = set_.n;
  if (scores.strides[0] == 1) {
    scores_.upload(stream_, scores.data, n);
  } else {
    const Buffer<T> copy(n);
    for (Index i = 0; i < n; ++i) copy[i] = scores(i);
    scores_.upload(stream_, copy.data(), n);
  }
  scratch_.grow(static_cast<Index>(kernels::sort_scores_scratch_bytes(stream_, n)));
  kernels::sort_scores(stream_, kernels::vector_view(static_cast<const T*>(scores_.data()), n, Device::cuda),
                       labels_.data(), {row_.data() + at * n, flags_.data() + at * n}, scratch_.data());
  return {row_.data() + at * n, flags_.data() + at * n, n};
}

template <class T>
void DeviceCurves<T>::states(const RankingView& ranking, const std::vector<CurveQuery>& queries, CurveState* out) {
  const auto count = static_cast<Index>(queries.size());
  states_.grow(count);
  scratch_.grow(static_cast<Index>(kernels::curve_scratch_bytes(ranking.rows)));
  kernels::curve_states(stream_, ranking, weights_.data(), queries.data(), static_cast<int>(count), states_.data(),
                        scratch_.data());
  states_.download(stream_, out, count);
}

template <class T>
void DeviceCurves<T>::resample(const std::vector<RankingView>& rankings, const std::vector<CurveQuery>& queries,
                               const kernels::Resamples& resamples, CurveState* out) {
  const auto asked = static_cast<Index>(queries.size()), count = static_cast<Index>(rankings.size());
  states_.grow(asked * count * resamples.count);
  scratch_.grow(static_cast<Index>(kernels::curve_bootstrap_scratch_bytes(stream_, rankings.data(), count, resamples)));
  kernels::ResampleUnits units = set_.units.view();
  units.ids = ids_.data();
  units.of_row = of_row_.data();
  kernels::curve_bootstrap(
      stream_, rankings.data(), count, units, weights_.data(), queries.data(), static_cast<int>(asked), resamples,
      {states_.data(), {asked, count, resamples.count}, {count * resamples.count, resamples.count, 1}, Device::cuda},
      scratch_.data());
  states_.download(stream_, out, asked * count * resamples.count);
}

template class DeviceCurves<float>;
template class DeviceCurves<double>;

}  // namespace bakeoff

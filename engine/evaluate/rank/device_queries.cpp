#include "evaluate/rank/device_queries.h"

namespace bakeoff {

using kernels::copy_to_device;

DeviceQueries::DeviceQueries(const Judgements& judged, const kernels::QueryPass& pass, Index discounts)
    : queries_(judged.queries()),
      pass_(pass),
      offsets_(copy_to_device(stream_, queries_.offsets, queries_.queries + 1)),
      graded_offsets_(copy_to_device(stream_, queries_.graded_offsets, queries_.queries + 1)),
      relevant_(copy_to_device(stream_, queries_.relevant, queries_.queries)),
      row_(copy_to_device(stream_, judged.row(), queries_.offsets[queries_.queries])),
      relevance_(copy_to_device(stream_, queries_.relevance, queries_.offsets[queries_.queries])),
      ideal_(copy_to_device(stream_, pass.ideal, pass.count * queries_.queries)),
      discounts_(copy_to_device(stream_, pass.discounts, discounts)),
      values_(pass.count * queries_.queries),
      graded_(copy_to_device(stream_, queries_.graded, queries_.all_graded)),
      scratch_(static_cast<Index>(kernels::query_values_scratch_bytes(stream_, queries_))) {
  queries_.offsets = offsets_.data();
  queries_.graded_offsets = graded_offsets_.data();
  queries_.relevant = relevant_.data();
  queries_.relevance = relevance_.data();
  queries_.graded = graded_.data();
  pass_.ideal = ideal_.data();
  pass_.discounts = discounts_.data();
}

template <class T>
void DeviceQueries::run(const kernels::QueryScores<T>& scores, double* values) {
  const Index n = scores.scores.extent(1);
  const bool side_by_side = scores.scores.strides[1] == 1;
  const Buffer<T> copy(side_by_side ? 0 : n);
  for (Index i = 0; i < copy.size(); ++i) copy[i] = scores.scores(0, i);
  scores_.grow(n * static_cast<Index>(sizeof(T)));
  const auto bytes = static_cast<std::size_t>(n) * sizeof(T);
  if (n > 0) kernels::device_upload(stream_, scores_.data(), side_by_side ? scores.scores.data : copy.data(), bytes);
  kernels::QueryScores<T> there = scores;
  there.scores = kernels::matrix_view(reinterpret_cast<const T*>(scores_.data()), 1, n, Device::cuda);
  there.row = row_.data();
  kernels::query_values(stream_, queries_, there, pass_, values_.data(), scratch_.data());
  values_.download(stream_, values, values_.size());
}

template void DeviceQueries::run(const kernels::QueryScores<float>&, double*);
template void DeviceQueries::run(const kernels::QueryScores<double>&, double*);

}  // namespace bakeoff

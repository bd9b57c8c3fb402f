#include "evaluate/device_rows.h"

#include "core/buffer.h"
#include "evaluate/slice_rankings.h"
#include "evaluate/slice_set.h"

namespace bakeoff {

DeviceRows::DeviceRows(const EvaluateInput& input, const UnitIndex& units, bool ranked)
    : candidates_(input.candidates()),
      rows_(input.rows()),
      units_(units.count()),
      labels_(kernels::copy_to_device(stream_, input.labels, input.rows())),
      weights_(kernels::copy_to_device(stream_, input.weights, input.rows())) {
  std::visit([&](const auto& scores) { copy_scores(scores); }, input.scores);
  if (ranked) positive_ = kernels::copy_to_device(stream_, binary_labels(input).data(), rows_);
  if (units.by_row()) return;
  ids_ = kernels::copy_to_device(stream_, units.ids.data(), units_);
  of_row_ = kernels::copy_to_device(stream_, units.of_row.data(), rows_);
}

template <class T>
void DeviceRows::copy_scores(const kernels::TensorView<const T, 2>& scores) {
  kernels::DeviceArray<T> to(candidates_ * rows_);
  const bool side_by_side = scores.strides[1] == 1;
  const Buffer<T> row(side_by_side ? 0 : rows_);
  for (Index m = 0; m < candidates_; ++m) {
    for (Index i = 0; !side_by_side && i < rows_; ++i) row[i] = scores(m, i);
    to.upload(stream_, side_by_side ? &scores(m, 0) : row.data(), rows_, m * rows_);
  }
  scores_ = std::move(to);
}

DeviceSlices::DeviceSlices(const DeviceRows& rows, const SliceSet& set) : views_(set.views) {
  for (kernels::SliceRows& view : views_) {
    lists_.push_back(kernels::copy_to_device(rows.stream(), view.row, view.count));
    view.row = lists_.back().data();
    lists_.push_back(kernels::copy_to_device(rows.stream(), view.unit, view.units));
    view.unit = lists_.back().data();
    units_.push_back(kernels::copy_to_device(rows.stream(), view.unit_of_row, view.count));
    view.unit_of_row = units_.back().data();
  }
}

}  // namespace bakeoff

#include "train/array_memory.h"

#include "core/hash.h"
#include "kernels/isa.h"
#include "train/array_rows.h"

namespace bakeoff {
namespace {

void add_rows(Fingerprint& all, const ArrayView& x) {
  if (const auto* sparse = std::get_if<kernels::SparseRowsView>(&x)) {
    const Index values = sparse->starts[sparse->rows];
    all.add_all(&sparse->rows, 1).add_all(&sparse->columns, 1).add_all(sparse->starts, sparse->rows + 1);
    all.add_all(sparse->indices, values);
    if (sparse->scalar == kernels::SparseRowsView::Scalar::f32)
      all.add_all(static_cast<const float*>(sparse->values), values);
    else
      all.add_all(static_cast<const double*>(sparse->values), values);
    return;
  }
  with_dense(x, [&](const auto& view) {
    const Index rows = view.extents[0], columns = view.extents[1];
    all.add_all(&rows, 1).add_all(&columns, 1);
    std::vector<std::remove_cvref_t<decltype(view.data[0])>> row(static_cast<std::size_t>(columns));
    for (Index i = 0; i < rows; ++i) {
      const auto* from = view.data + i * view.strides[0];
      if (view.strides[1] != 1) {
        for (Index k = 0; k < columns; ++k) row[k] = from[k * view.strides[1]];
        from = row.data();
      }
      all.add_all(from, columns);
    }
  });
}

// All that the answers of a fit depend on, apart from its candidates.
std::string fingerprint(const ArrayInput& input, const std::string& family, const std::string& unit) {
  Fingerprint all;
  all.add(family).add(unit);
  add_rows(all, input.x);
  const std::int32_t numbers[] = {input.fold_count, input.all_rows, input.classes, input.weights != nullptr,
                                  input.folds != nullptr};
  all.add_all(numbers, 5).add_all(input.labels, input.rows());
  if (input.weights) all.add_all(input.weights, input.rows());
  if (input.folds) all.add_all(input.folds, input.rows());
  if (input.splits)
    for (const Split& split : *input.splits)
      all.add_all(split.train.rows, split.train.count).add_all(split.test.rows, split.test.count);
  return all.text();
}

}  // namespace

ArrayMemory::ArrayMemory(const Options& options, const Execution& execution, const ArrayInput& input,
                         const std::string& family) {
  // Sums of the passes differ in their last bits between the device and the CPU's instruction sets.
  const std::string unit =
      execution.device() == Device::cuda ? "cuda" : "cpu " + std::to_string(static_cast<int>(kernels::best_isa()));
  const std::string identity = fingerprint(input, family, unit + options.program);
  folder_ = options.folder + "/" + identity;
  events_.listen([this](const Json& event) {
    if (event.contains("reason"))
      warnings_.push_back(event.at("event").get<std::string>() + ": " + event.at("reason").get<std::string>());
  });
  checkpoint_ = std::make_unique<Checkpoint>(Checkpoint::Options{folder_, identity, options.every}, events_);
}

}  // namespace bakeoff

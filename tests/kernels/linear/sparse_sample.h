// Random sparse rows for tests.
#pragma once
#include <algorithm>
#include <random>
#include <vector>

#include "kernels/linear/sparse_pass.h"

namespace bakeoff::kernels::test {

struct SparseSample {
  int columns;
  std::vector<Index> starts{0};
  std::vector<std::int32_t> indices, folds;
  std::vector<double> values, labels, weights;
  std::vector<float> narrow;

  // Rows of 0 to 40 values: some without any.
  SparseSample(Index rows, int columns, unsigned seed) : columns(columns) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    for (Index i = 0; i < rows; ++i) {
      std::vector<std::int32_t> row;
      for (std::size_t k = random() % 41; k > 0; --k)
        row.push_back(static_cast<std::int32_t>(random() % static_cast<unsigned>(columns)));
      std::sort(row.begin(), row.end());
      row.erase(std::unique(row.begin(), row.end()), row.end());
      for (std::int32_t column : row) {
        indices.push_back(column);
        narrow.push_back(static_cast<float>(normal(random)));
        values.push_back(narrow.back());
      }
      starts.push_back(static_cast<Index>(indices.size()));
      labels.push_back(static_cast<double>(random() % 2));
      weights.push_back(static_cast<double>(random() % 5) * 0.5);
      folds.push_back(static_cast<std::int32_t>(random() % 3));
    }
  }
  SparseRowsView view(bool weighted, bool wide) const {
    SparseRowsView v;
    v.rows = static_cast<Index>(labels.size());
    v.columns = columns;
    v.starts = starts.data();
    v.indices = indices.data();
    v.values = wide ? static_cast<const void*>(values.data()) : narrow.data();
    v.scalar = wide ? SparseRowsView::Scalar::f64 : SparseRowsView::Scalar::f32;
    v.labels = labels.data();
    v.weights = weighted ? weights.data() : nullptr;
    v.folds = folds.data();
    return v;
  }
};

// Parameters of `panels` panels, aligned, and room for their answer.
struct SparseModels {
  std::vector<float> memory;
  std::vector<std::int32_t> left_out;
  std::vector<double> gradient, value;
  SparsePanelsView view;

  SparseModels(int columns, int panels, SparseLoss loss, bool folded) {
    const std::size_t size = static_cast<std::size_t>(panels) * (static_cast<std::size_t>(columns) + 1) * kSparsePanel;
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    memory.resize(size);
    for (float& t : memory) t = 0.5f * normal(random);
    for (int c = 0; c < panels * kSparsePanel; ++c) left_out.push_back(c % 4 - 1);
    gradient.assign(size, -1);
    value.assign(left_out.size(), -1);
    view.loss = loss;
    view.label_shift = loss == SparseLoss::squared ? 0.25 : 0.0;
    view.panels = panels;
    view.theta = memory.data();
    view.left_out = folded ? left_out.data() : nullptr;
    view.gradient = gradient.data();
    view.value = value.data();
  }
  SparseModels(const SparseModels&) = delete;
};

}  // namespace bakeoff::kernels::test

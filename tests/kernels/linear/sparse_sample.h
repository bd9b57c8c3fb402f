// Random sparse rows for tests.
#pragma once
#include <algorithm>
#include <random>
#include <vector>

#include "aligned.h"
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
  // Labels as the pass wants them: see loss_row(); of softmax classes.
  void label_for(Loss kind, int classes = 1) {
    for (std::size_t i = 0; i < labels.size(); ++i)
      labels[i] = kind == Loss::softmax ? static_cast<double>(i * 5 % static_cast<std::size_t>(classes))
                                        : loss_row(kind, labels[i] + (kind == Loss::gamma ? .5 : 0), 1).label;
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
  Aligned<float> theta;
  std::vector<float> shape, dead;
  std::vector<std::int32_t> left_out;
  std::vector<Index> begin, end;
  std::vector<double> gradient, loss, slope;
  PanelsView view;

  // A panel's window is all rows but for some at both ends.
  SparseModels(const SparseRowsView& rows, int panels, Loss kind, bool folded, ClassLayout classes = {})
      : theta(panels * rows.panel_size()) {
    const Index size = panels * rows.panel_size();
    const int unit = classes.panels();
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    for (Index i = 0; i < size; ++i) theta.data[i] = 0.5f * normal(random);
    for (int p = 0; p < panels; ++p) {
      begin.push_back(rows.rows / 9 * (p / unit));
      end.push_back(rows.rows - p / unit);
      for (int c = 0; c < kPanel; ++c) {
        left_out.push_back(kind == Loss::softmax ? 1 : c % 4 - 1);
        shape.push_back(0.5f + 0.25f * static_cast<float>(c));
        dead.push_back(0.5f * static_cast<float>(c % 5));
      }
    }
    gradient.assign(static_cast<std::size_t>(size), -1);
    loss.assign(left_out.size(), -1);
    slope.assign(has_shape(kind) ? left_out.size() : 0, -1);
    view.panels = panels;
    view.theta = theta.data;
    view.begin = begin.data();
    view.end = end.data();
    view.left_out = folded ? left_out.data() : nullptr;
    view.gradient = gradient.data();
    view.loss = loss.data();
    view.kind = kind;
    view.classes = classes;
    view.shape = has_shape(kind) ? shape.data() : nullptr;
    view.slope = has_shape(kind) ? slope.data() : nullptr;
    view.dead = kind == Loss::tube ? dead.data() : nullptr;
  }
  SparseModels(const SparseModels&) = delete;
};

}  // namespace bakeoff::kernels::test

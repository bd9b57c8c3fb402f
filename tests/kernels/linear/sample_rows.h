// Rows of random numbers and codes for tests, with their values spelled out densely in double.
#pragma once
#include <random>
#include <vector>

#include "kernels/linear/rows.h"

namespace bakeoff::kernels::test {

struct SampleRows {
  Index rows;
  int dense_columns;
  std::vector<int> sizes;  // categories of each categorical column
  std::vector<float> dense;
  std::vector<std::int32_t> codes, offsets, folds;
  std::vector<double> labels, weights;

  SampleRows(Index rows, int dense_columns, std::vector<int> sizes, int fold_count, unsigned seed)
      : rows(rows), dense_columns(dense_columns), sizes(std::move(sizes)) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    int offset = dense_columns;
    for (int size : this->sizes) {
      offsets.push_back(offset);
      offset += size;
    }
    for (Index i = 0; i < rows; ++i) {
      double logit = -0.7;
      for (int k = 0; k < dense_columns; ++k) {
        dense.push_back(static_cast<float>(normal(random)));
        logit += dense.back() * (k % 3 - 1) * 0.6;
      }
      for (int size : this->sizes) {
        const auto uniform = static_cast<double>(random() % 100000) / 100000;
        codes.push_back(static_cast<std::int32_t>(uniform * uniform * size));  // skewed
        logit += codes.back() % 4 * 0.3;
      }
      labels.push_back(static_cast<double>(random() % 100000) / 100000 < 1 / (1 + std::exp(-logit)) ? 1 : 0);
      weights.push_back(static_cast<double>(random() % 5) * 0.5);
      folds.push_back(static_cast<std::int32_t>(random() % fold_count));
    }
  }

  RowsView view(bool weighted = false) const {
    RowsView v;
    v.rows = rows;
    v.dense = dense.data();
    v.row_stride = dense_columns;
    v.dense_columns = dense_columns;
    v.codes = codes.data();
    v.offsets = offsets.data();
    v.categoricals = static_cast<int>(sizes.size());
    for (int size : sizes) v.categories += size;
    v.labels = labels.data();
    v.weights = weighted ? weights.data() : nullptr;
    v.folds = folds.data();
    return v;
  }

  // Row i over all raw parameters: the dense columns, 0/1 for the categories, 1.
  std::vector<double> raw(Index i) const {
    const RowsView v = view();
    std::vector<double> x(static_cast<std::size_t>(v.parameters()), 0.0);
    for (int k = 0; k < dense_columns; ++k) x[k] = dense[i * dense_columns + k];
    for (int c = 0; c < v.categoricals; ++c) x[offsets[c] + codes[i * v.categoricals + c]] = 1;
    x[v.intercept()] = 1;
    return x;
  }
};

}  // namespace bakeoff::kernels::test

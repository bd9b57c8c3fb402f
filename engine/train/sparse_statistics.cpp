#include "train/sparse_statistics.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "train/array_rows.h"

namespace bakeoff {
namespace {

struct Sums {
  double weight = 0, label = 0;
  std::vector<double> first, second;  // of weight * x and weight * x^2
};

double value_at(const kernels::SparseRowsView& rows, Index e) {
  return rows.scalar == kernels::SparseRowsView::Scalar::f32 ? static_cast<const float*>(rows.values)[e]
                                                             : static_cast<const double*>(rows.values)[e];
}

void add_row(const kernels::SparseRowsView& rows, Index i, Sums& to) {
  const double weight = rows.weights ? rows.weights[i] : 1.0;
  to.weight += weight;
  to.label += weight * rows.labels[i];
  for (Index e = rows.starts[i]; e < rows.starts[i + 1]; ++e) {
    const double x = value_at(rows, e);
    if (!std::isfinite(x))
      throw DataError("X, row " + std::to_string(i) + ", column " + std::to_string(rows.indices[e]) +
                      ": expected a finite number, got " + shortest(x) + "; impute or drop such rows");
    to.first[rows.indices[e]] += weight * x;
    to.second[rows.indices[e]] += weight * x * x;
  }
}

SparseSet without(const std::vector<Sums>& folds, int left_out) {
  SparseSet set;
  set.left_out = left_out;
  set.mean.assign(folds[0].first.size(), 0.0);
  set.curvature = set.mean;
  for (std::size_t f = 0; f < folds.size(); ++f) {
    if (static_cast<int>(f) == left_out) continue;
    set.weight += folds[f].weight;
    set.label_mean += folds[f].label;
    for (std::size_t k = 0; k < set.mean.size(); ++k) {
      set.mean[k] += folds[f].first[k];
      set.curvature[k] += folds[f].second[k];
    }
  }
  if (!(set.weight > 0)) return set;
  set.label_mean /= set.weight;
  for (std::size_t k = 0; k < set.mean.size(); ++k) {
    set.mean[k] /= set.weight;
    set.curvature[k] = std::max(0.0, set.curvature[k] - set.weight * set.mean[k] * set.mean[k]);
  }
  return set;
}

}  // namespace

std::vector<SparseSet> sparse_sets(const Execution& execution, const SparseInput& input, const Family& family) {
  const kernels::SparseRowsView& rows = input.rows;
  check_targets({rows.rows, rows.columns, rows.labels, rows.weights, rows.folds, input.fold_count}, family);
  const int folds = rows.folds ? std::max(input.fold_count, 1) : 1;
  std::vector<Sums> sums(static_cast<std::size_t>(folds));
  execution.workers().for_each(folds, [&](Index fold) {
    sums[fold].first.assign(static_cast<std::size_t>(rows.columns), 0.0);
    sums[fold].second = sums[fold].first;
    for (Index i = 0; i < rows.rows; ++i)
      if (!rows.folds || rows.folds[i] == fold) add_row(rows, i, sums[fold]);
  });
  std::vector<SparseSet> sets(rows.folds ? static_cast<std::size_t>(folds) + 1 : 1);
  execution.workers().for_each(static_cast<Index>(sets.size()),
                               [&](Index s) { sets[s] = without(sums, static_cast<int>(s) - 1); });
  return sets;
}

}  // namespace bakeoff

// Many linear models over the same rows: what the families of engine/train/families solve in one batch.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/checkpoint.h"
#include "kernels/linear/sparse_pass.h"
#include "train/trained_batch.h"

namespace bakeoff {

// Raw parameters of the model's: theta = entries * beta; the intercept gains shift . beta. Intercepts are not counted.
struct LinearMap {
  struct Entry {
    int raw = 0, model = 0;
    double value = 0;
  };
  int raw = 0, model = 0;
  std::vector<Entry> entries;
  std::vector<double> shift;  // model; empty: 0

  static LinearMap identity(int columns) {
    LinearMap map{columns, columns, {}, {}};
    for (int k = 0; k < columns; ++k) map.entries.push_back({k, k, 1.0});
    return map;
  }
};

// What a model learns from: rows [begin, end) but for those of one fold.
struct TrainingSet {
  Index begin = 0, end = 0;
  int left_out = -1;  // -1: none
  std::shared_ptr<const LinearMap> map;
};

struct LinearFit {
  int set = 0;
  double l2 = 0;
  double l1_ratio = 0;  // the penalty is l2 ((1 - l1_ratio) / 2 ||w||^2 + l1_ratio ||w||_1)
  double shape = 0;     // of the loss, for families that have one: huber's epsilon
};

struct LinearProblem {
  kernels::RowsView rows;  // of sparse ones: without values
  std::optional<kernels::SparseRowsView> sparse;
  int folds = 1;    // fold ids are below
  int classes = 1;  // softmax: labels are 0 ... classes - 1, and a solution has parameters class by class
  std::vector<TrainingSet> sets;
  std::vector<LinearFit> fits;
  CheckpointSection memory;  // of these rows and labels: what was found out about them before
};

struct LinearSolution {
  FitStatus status = FitStatus::converged;
  std::string reason;  // why it diverged or stopped
  int iterations = 0;
  double objective = kNaN;    // by CONTRACT's definition
  std::vector<double> beta;   // of the model; the intercept, unpenalised, is the last
  std::vector<double> theta;  // of the raw columns; the intercept is the last
};

}  // namespace bakeoff

// A plain array as the linear families read it. Internal to the training on arrays.
#pragma once
#include <chrono>
#include <memory>
#include <vector>

#include "train/splits.h"

namespace bakeoff {

// Dense columns are read minus a mean and times a power of two: that keeps the digits of Grams and float32 without
// changing what is penalised, because the map of every training set takes it back. Sparse ones stay as they are.
class ArrayRows {
 public:
  // DataError as fit_arrays().
  ArrayRows(const ArrayInput& input, const Family& family);

  // Rows and training sets: all rows if wanted, then those of the round's parts.
  LinearProblem problem(const Splits::Round& round, bool all_rows) const;
  // DataError naming the first value that is not finite, if there is one.
  void require_finite() const;

 private:
  void find_reference();

  const ArrayInput& input_;
  std::vector<double> shift_, scale_;
};

ArrayModel to_array_model(const LinearSolution& solution, int outputs = 1);

// The time since it was made, shared out by passes: a fit's steps and one more.
class CostClock {
 public:
  void share(ArrayFit& fit, int folds) const;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// use(view) of a dense x.
template <class Use>
void with_dense(const ArrayView& x, const Use& use) {
  if (const auto* narrow = std::get_if<kernels::TensorView<const float, 2>>(&x)) use(*narrow);
  if (const auto* wide = std::get_if<kernels::TensorView<const double, 2>>(&x)) use(*wide);
}

// Rows `rows[0, count)` of a dense x, row-major; null: rows first, first + 1, ...
void copy_rows(const ArrayView& x, const Index* rows, Index first, Index count, double* out);

}  // namespace bakeoff

// A plain array as the linear families read it, and what else training on arrays and on sparse rows share. Internal to
// them.
#pragma once
#include <chrono>
#include <memory>
#include <vector>

#include "train/splits.h"

namespace bakeoff {

// Columns are read minus a mean and times a power of two: that keeps the digits of Grams and float32 without changing
// what is penalised, because the map of every training set takes it back.
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

// What models learn to say, and how rows count; all but the extents as in ArrayInput.
struct Targets {
  Index rows = 0, columns = 0;
  const double *labels = nullptr, *weights = nullptr;
  const std::int32_t* folds = nullptr;
  int fold_count = 0;
  int classes = 2;
};
// DataError as fit_arrays(), but for the values of x.
void check_targets(const Targets& targets, const Family& family);

ArrayModel to_array_model(const LinearSolution& solution, int outputs = 1);

// The time since it was made, shared out by passes: a fit's steps and one more.
class CostClock {
 public:
  void share(ArrayFit& fit, int folds) const;

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Rows `rows[0, count)` of x, dense and row-major; null: rows first, first + 1, ...
void copy_rows(const ArrayView& x, const Index* rows, Index first, Index count, double* out);

}  // namespace bakeoff

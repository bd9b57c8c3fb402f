// A plain array as the linear families read it. Internal to the training on arrays.
#pragma once
#include <memory>
#include <vector>

#include "train/splits.h"

namespace bakeoff {

// Columns are read minus a mean and times a power of two: that keeps the digits of Grams and float32 without changing
// what is penalised, because the map of every training set takes it back.
class ArrayRows {
 public:
  // DataError as fit_arrays().
  ArrayRows(const ArrayInput& input, Task task);

  // Rows and training sets: all rows if wanted, then those of the round's parts.
  LinearProblem problem(const Splits::Round& round, bool all_rows) const;
  // DataError naming the first value that is not finite, if there is one.
  void require_finite() const;

 private:
  void find_reference();

  const ArrayInput& input_;
  std::vector<double> shift_, scale_;
};

// Rows `rows[0, count)` of x, dense and row-major; null: rows first, first + 1, ...
void copy_rows(const ArrayView& x, const Index* rows, Index first, Index count, double* out);

}  // namespace bakeoff

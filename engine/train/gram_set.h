// The Grams of all training sets from one pass over the rows: rows are cut by window edges and folds, and the Gram of a
// training set is a sum of those of its pieces.
#pragma once
#include <vector>

#include "core/buffer.h"
#include "core/execution.h"
#include "train/linear_problem.h"

namespace bakeoff {

// Raw parameters, the intercept and the label (label_shift subtracted), in this order: see kernels/linear/gram.h.
struct Gram {
  int order = 0;
  std::vector<double> values;  // order x order
  double operator()(int i, int j) const { return values[static_cast<std::size_t>(i) * order + j]; }
  int label() const { return order - 1; }
  int intercept() const { return order - 2; }
  double weight() const { return (*this)(intercept(), intercept()); }
};

// Grams of more columns than the first cost more than the steps that they save, of more than the second more memory
// than sparse rows do.
inline constexpr int kMostSpectrumColumns = 512, kMostGramColumns = 2048;
// Dense rows always have their Grams; what is sparse may be too wide for them.
inline bool has_spectra(const LinearProblem& problem) {
  return !problem.sparse || problem.sparse->columns <= kMostSpectrumColumns;
}
inline bool has_grams(const LinearProblem& problem) {
  return !problem.sparse || problem.sparse->columns <= kMostGramColumns;
}

// Of the labels of all rows that are read.
double mean_label(const LinearProblem& problem);

class GramSet {
 public:
  GramSet(const Execution& execution, const LinearProblem& problem);

  double label_shift() const { return label_shift_; }
  // Of a training set.
  Gram of(const TrainingSet& set) const;
  // Of the rows of [set.begin, set.end) that belong to `fold`.
  Gram of_fold(const TrainingSet& set, int fold) const;

 private:
  struct Piece {
    Index begin, end;  // rows
    int fold;          // -1: all
  };
  template <class Keep>
  Gram sum(const Keep& keep) const;

  std::vector<Piece> pieces_;
  Buffer<double> grams_;
  int order_ = 0;
  double label_shift_ = 0;
};

}  // namespace bakeoff

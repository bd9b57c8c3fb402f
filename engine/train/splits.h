// A cross-validation as the engine trains it: a few rounds of one fold id a row. Internal to the training on arrays.
#pragma once
#include <vector>

#include "train/array_fit.h"

namespace bakeoff {

// Families know windows and one left-out fold a row. Any split is that: its training rows are all rows but those of one
// id. Splits whose left-out rows are disjoint share a round, that is a batch and a pass over x: k-fold in all its forms
// is one round, ten repetitions of it are ten. Training rows that are a range [begin, end), as those of time series,
// leave nothing out and fit the first round.
class Splits {
 public:
  struct Part {
    int split = 0;
    Index begin = 0, end = 0;
    int left_out = -1;  // -1: none
  };
  struct Round {
    const std::int32_t* folds = nullptr;  // one id a row; null: nothing is left out
    int fold_count = 1;
    std::vector<Part> parts;
    std::vector<std::int32_t> own;  // what `folds` points to, unless that is the caller's
  };

  // Borrows the input's arrays. DataError: an id or a row that is out of range, a row named twice, a split without
  // rows.
  explicit Splits(const ArrayInput& input);
  Splits(const Splits&) = delete;
  Splits& operator=(const Splits&) = delete;

  int count() const { return static_cast<int>(tests_.size()); }
  const std::vector<Round>& rounds() const { return rounds_; }
  const std::vector<Index>& test(int split) const { return tests_[split]; }
  // What a split leaves out is what it tests.
  bool tests_what_is_left_out(int split) const { return whole_[split]; }

 private:
  void from_ids(const ArrayInput& input);
  void from_rows(const ArrayInput& input);
  void place(int split, const std::vector<Index>& left_out, Index rows);

  std::vector<Round> rounds_;
  std::vector<std::vector<Index>> tests_;  // ascending
  std::vector<bool> whole_;
};

}  // namespace bakeoff

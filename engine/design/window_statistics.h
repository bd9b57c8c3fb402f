// What each training window and fold knows of its columns, from one pass over the raw matrix.
#pragma once
#include <cstdint>
#include <vector>

#include "design/design.h"

namespace bakeoff {

// What a model learns from: rows [begin, end) but for those of one fold.
struct WindowRows {
  Index begin = 0, end = 0;
  int left_out = -1;  // -1: none
};

struct WindowStatistics {
  struct Numeric {         // in units of the reference, RawDesign::Numeric
    Index present = 0;     // rows with a value
    double mean = 0;       // of these
    double scale = 1;      // population standard deviation after imputing the mean; 1 if constant
    bool constant = true;  // one value, or none: nothing to learn from
  };
  Index rows = 0;
  std::vector<Numeric> numeric;
  std::vector<std::vector<Index>> category_rows;  // categorical column x code
};

// One a window, in their order. `folds`: N ids from 0 on, or null. Rows count alike, whatever their weight in training
// (as in a scikit-learn pipeline). The same bits for any number of threads.
std::vector<WindowStatistics> window_statistics(const Execution& execution, const RawDesign& design,
                                                const std::vector<WindowRows>& windows,
                                                const std::int32_t* folds = nullptr);

}  // namespace bakeoff

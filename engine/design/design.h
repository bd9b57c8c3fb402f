// From raw columns to what the linear algebra reads. The raw matrix is read once for all candidates; each training
// window and fold has its own imputation, scale and vocabulary, and these are a sparse linear map (window_map.h)
// between the parameters that the solver sees (standardised, imputed, one-hot with an "other" bucket) and those that
// multiply the raw matrix.
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/buffer.h"
#include "core/execution.h"
#include "ingest/dataset.h"
#include "kernels/linear/rows.h"
#include "spec/spec.h"

namespace bakeoff {

// The raw matrix, one row an example, rows in the dataset's order.
// dense: N x dense_columns, row-major float32: the numeric columns centred and scaled by the mean and standard
// deviation of the rows that may be trained on (a fixed reference, so that float32 keeps its digits), 0 where missing;
// then one 0/1 column for each numeric column that has missing values. codes: N x categoricals, row-major int32,
// categories of the whole data; missing is a category of its own.
struct RawDesign {
  struct Numeric {
    std::string name;
    double mean = 0, scale = 1;  // the reference
    int missing_column = -1;     // index of its 0/1 column in dense, or -1
  };
  struct Categorical {
    std::string name;
    std::vector<std::string> categories;  // code -> text; with has_missing the last is the missing value, its text ""
    bool has_missing = false;
    int offset = 0;  // first raw parameter of this column
    int missing_code() const { return has_missing ? static_cast<int>(categories.size()) - 1 : -1; }
  };
  Index rows = 0;
  std::vector<Numeric> numeric;
  std::vector<Categorical> categorical;
  int dense_columns = 0;
  Buffer<float> dense;
  Buffer<std::int32_t> codes;
  std::vector<std::int32_t> offsets;  // of the categorical columns

  // Raw parameters: [0, dense_columns) dense, then the categories of each column, then the intercept.
  int parameters() const { return intercept() + 1; }
  int intercept() const;
  // Rows [begin, end) as the kernels read them; labels, weights and folds are the caller's. Borrows from this object.
  kernels::RowsView view(Index begin, Index end) const;
  kernels::RowsView view() const { return view(0, rows); }
  // The given rows, in their order, with the same reference and categories.
  RawDesign take(const std::vector<Index>& chosen) const;
};

// More categories than this in one column is an id, not a category.
inline constexpr std::int64_t kMaxCategories = 65'536;

// Time parts ("time_hour.weekday") and categoricals of integers as in ingest/feature.h; `zone` is that of the time
// parts. SpecError: no feature at all, or one named twice. DataError: a column that is missing, has another kind, is
// missing in every row, holds an infinite number (names the row), varies too little around its mean for float32, or has
// more than kMaxCategories categories. The reference is that of the first `reference_rows` rows: later ones must not
// move the last bit of a model.
RawDesign make_raw_design(const Execution& execution, const Dataset& data, const FeatureSpec& features,
                          const std::string& zone = "UTC", Index reference_rows = std::numeric_limits<Index>::max());

}  // namespace bakeoff

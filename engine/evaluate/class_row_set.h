// One slice of many classes or labels: M candidates on one set of rows, all metrics, all resamples.
#pragma once
#include <vector>

#include "evaluate/class_columns.h"
#include "evaluate/row_set.h"

namespace bakeoff {

// `columns` are of all rows; `rows` ascending, null: all of them. The input was checked.
template <class T>
RowSetResult evaluate_class_rows(const Execution& execution, const ClassInput& input, const ClassPlan& plan,
                                 const ClassColumns<T>& columns, const std::vector<std::int64_t>* rows,
                                 const EvaluateOptions& options);

}  // namespace bakeoff

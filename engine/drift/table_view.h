// A table as drift detection sees it: columns of numbers or of text, owned by somebody else.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "core/execution.h"
#include "ingest/dataset.h"

namespace bakeoff {

using Numbers = kernels::TensorView<const double, 1>;

struct ColumnView {
  std::string name;
  std::variant<Numbers, const CategoricalColumn*> data;

  bool numeric() const { return data.index() == 0; }
  bool all_missing() const;
};

struct TableView {
  std::vector<ColumnView> columns;
  Index rows = 0;
  std::string source;  // what errors call it
};

// The columns of a dataset, or those that are named: DataError for one that is missing (with the nearest) or that holds
// times. Without names, times are left out.
TableView view_of(const Dataset& data, const std::vector<std::string>& columns = {});

// The column of that name. DataError with the nearest.
const ColumnView& column_of(const TableView& table, const std::string& name);

}  // namespace bakeoff

#include "drift/files.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "drift/unit_tails.h"
#include "ingest/feature.h"
#include "ingest/read.h"
#include "ingest/unit.h"

namespace bakeoff {
namespace {

std::vector<std::string> names_in(const Execution& execution, const std::string& source) {
  std::vector<std::string> names;
  read_dataset_blocks(execution, source, {}, [&](const Dataset& data) {
    for (const ColumnView& column : view_of(data).columns) names.push_back(column.name);
    return false;
  });
  return names;
}

void check_categorical(const DriftColumns& columns, const std::vector<std::string>& names, const std::string& source) {
  for (const std::string& name : columns.categorical)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw DataError(source + ": categorical: no column '" + printable(name) + "'" + hint(name, names));
}

}  // namespace

DriftView::DriftView(const Dataset& data, const DriftColumns& columns) : view_(view_of(data, columns.names)) {
  text_.reserve(columns.categorical.size());
  for (ColumnView& column : view_.columns)
    if (column.numeric() &&
        std::find(columns.categorical.begin(), columns.categorical.end(), column.name) != columns.categorical.end()) {
      text_.push_back(categorical_feature(data, column.name, "UTC"));
      column.data = &text_.back();
    }
}

DriftReference fit_drift_file(const Execution& execution, const std::string& source, const DriftColumns& columns,
                              const ReferenceOptions& options) {
  const std::vector<std::string> names = columns.names.empty() ? names_in(execution, source) : columns.names;
  check_categorical(columns, names, source);
  std::vector<ReferenceColumn> fitted;
  std::int64_t rows = 0;
  const auto fit = [&](const std::vector<std::string>& some) {
    const Dataset data = read_dataset(execution, source, some);
    const DriftReference part =
        DriftReference::fit(execution, DriftView(data, {some, columns.categorical}).view(), options);
    fitted.insert(fitted.end(), part.columns().begin(), part.columns().end());
    rows = part.rows();
  };
  // Text files are parsed whole for each column that is asked for.
  const std::size_t dot = source.find(".csv") == std::string::npos ? source.find(".tsv") : source.find(".csv");
  if (dot != std::string::npos) {
    fit(names);
  } else {
    for (const std::string& name : names) fit({name});
  }
  return {std::move(fitted), rows};
}

DriftReport drift_file(const Execution& execution, const DriftReference& reference, const std::string& source,
                       const DriftOptions& options, const DriftColumns& columns) {
  DriftBatch batch(reference, options, columns.names);
  read_dataset_blocks(execution, source, columns.names, [&](const Dataset& data) {
    batch.add(execution, DriftView(data, columns).view());
    return true;
  });
  return batch.report(execution);
}

DriftReport drift_files_by_unit(const Execution& execution, const std::string& reference, const std::string& current,
                                const std::string& unit, const ReferenceOptions& fit, const DriftOptions& options,
                                const DriftColumns& columns) {
  DriftColumns compared = columns;
  if (compared.names.empty()) compared.names = names_in(execution, reference);
  compared.names.erase(std::remove(compared.names.begin(), compared.names.end(), unit), compared.names.end());
  check_categorical(compared, compared.names, reference);
  std::vector<std::string> read = compared.names;
  read.push_back(unit);
  const Dataset before = read_dataset(execution, reference, read), now = read_dataset(execution, current, read);
  const DriftView before_view(before, compared), now_view(now, compared);
  UnitSpec by;
  by.column = unit;
  return drift_by_unit(execution, before_view.view(), now_view.view(), {unit_ids(before, by), unit_ids(now, by)}, fit,
                       options);
}

}  // namespace bakeoff

// Drift of files: Parquet, CSV or Arrow IPC, as read_dataset reads them.
#pragma once
#include <string>
#include <vector>

#include "drift/drift.h"

namespace bakeoff {

struct DriftColumns {
  std::vector<std::string> names;        // empty: all but times
  std::vector<std::string> categorical;  // of them, columns of integers that are names
};

// A dataset as drift detection sees it, with the columns of names as text. `data` must outlive it.
class DriftView {
 public:
  DriftView(const Dataset& data, const DriftColumns& columns);
  DriftView(const DriftView&) = delete;
  const TableView& view() const { return view_; }

 private:
  TableView view_;
  std::vector<CategoricalColumn> text_;
};

// Reads one column at a time (CSV: all at once): memory is that of the largest column, and of the values that are kept.
DriftReference fit_drift_file(const Execution& execution, const std::string& source, const DriftColumns& columns,
                              const ReferenceOptions& options);
// Reads block by block (CSV: all at once): memory is that of a block, unless ks or wasserstein are asked for.
DriftReport drift_file(const Execution& execution, const DriftReference& reference, const std::string& source,
                       const DriftOptions& options, const DriftColumns& columns);

// Both with rows that belong together by the column `unit`, which isn't compared: drift_by_unit. Reads both as a whole.
DriftReport drift_files_by_unit(const Execution& execution, const std::string& reference, const std::string& current,
                                const std::string& unit, const ReferenceOptions& fit, const DriftOptions& options,
                                const DriftColumns& columns);

}  // namespace bakeoff

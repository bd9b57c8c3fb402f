// What is gathered of one column of the current data, and its tests against the reference. Inner to this layer.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "drift/drift.h"

namespace bakeoff {

struct DriftBatch::Column {
  const ReferenceColumn* reference = nullptr;
  bool keep_values = false;  // ks or wasserstein is asked for

  // Numbers: those values, if they are kept; else counts of the reference's bins, then of the missing.
  Numbers lent;
  std::vector<double> values;
  // Text: counts of the reference's categories, then of the missing.
  Counts counts;
  std::unordered_map<std::string, std::uint64_t> unseen;  // what the reference doesn't have

  void take(const kernels::Workers& workers, const ColumnView& block, Index rows, bool lend);
  ColumnDrift compare(const kernels::Workers& workers, const DriftOptions& options) const;

 private:
  void take_text(const CategoricalColumn& text);
  void compare_numbers(const kernels::Workers& workers, const DriftOptions& options, ColumnDrift& to) const;
  void compare_text(const DriftOptions& options, ColumnDrift& to) const;
};

// Text as PSI and Jensen-Shannon see it.
struct CategoryBins {
  Counts reference, current;
};
// The reference's categories, then (if there are too many) the rest, the missing, and the `fresh` rows of new ones.
CategoryBins category_bins(const Counts& reference, const Counts& current, std::uint64_t fresh);

bool asks_for(const DriftOptions& options, const std::string& test);

}  // namespace bakeoff

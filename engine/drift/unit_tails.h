// Drift where rows are not independent: flights of one day, visits of one customer. Whole units are permuted.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "drift/drift.h"

namespace bakeoff {

// An id a row. One that is on both sides counts as two units, which errs on the side of no drift.
struct DriftUnits {
  std::vector<std::int64_t> reference, current;
  bool none() const { return reference.empty() && current.empty(); }
};

// drift() of two tables, in which every p is that of its statistic when units are dealt to the two sides at random, as
// many to each as it has: (1 + deals at least as far) / (1 + permutations). Bins are cut anew in each deal. Costs a
// step for each different value of each unit and deal. SpecError without permutations, DataError for another number of
// ids than rows.
DriftReport drift_by_unit(const Execution& execution, const TableView& reference, const TableView& current,
                          const DriftUnits& units, const ReferenceOptions& fit, const DriftOptions& options,
                          const std::vector<std::string>& columns = {});

}  // namespace bakeoff

// The data of a run: rows in order of time, labels, units of resampling, and which rows serve which purpose.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/execution.h"
#include "ingest/dataset.h"
#include "spec/spec.h"

namespace bakeoff {

struct RowRange {
  std::int64_t begin = 0, end = 0;
  std::int64_t size() const { return end - begin; }
};

struct RunTable {
  Dataset data;                      // rows by time (stable), where the spec names a time
  std::vector<Micros> times;         // empty without data.time
  std::vector<double> labels;        // of task multiclass places in `classes`
  std::vector<std::string> classes;  // of that task: texts in their order, or numbers in theirs
  std::vector<std::int64_t> units;   // empty: the row is the unit
  std::string hash;                  // of the data, before sorting
};

// Reads source, checks labels (binary: 0 and 1, or two texts/booleans of which the larger is positive; multiclass:
// texts or integers). DataError names column and row. With split.at rows after the holdout are left out before anything
// looks at them: their labels may not be known yet. `extra`: further columns to keep, such as logged scores.
RunTable read_run_table(const Execution& execution, const Spec& spec, const std::vector<std::string>& extra = {});

struct Periods {
  RowRange train, select, holdout;
  Micros trained_until = 0;  // at - gap
  Micros decided = 0;        // end of the holdout plus label_delay
};
// CONTRACT "Time, and the gate". DataError if a period has no rows, with its dates.
Periods split_periods(const RunTable& table, const Spec& spec);

// The rows with times in [begin, end).
RowRange rows_between(const std::vector<Micros>& times, Micros begin, Micros end);

// One fold id a row, in [0, folds): random by row, whole units (group), or blocks in order of time.
std::vector<std::int32_t> fold_ids(const RunTable& table, const SplitSpec& split, std::uint64_t seed);

}  // namespace bakeoff

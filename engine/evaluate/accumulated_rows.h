// Rows that came in batches, by their numbers: what an accumulator keeps where sums are not enough.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/evaluate.h"

namespace bakeoff {

// What every batch of an accumulator has alike.
struct BatchShape {
  std::int64_t candidates = 0;
  bool narrow = false;  // float32 scores
  bool weights = false, units = false, strata = false, slices = false;
  std::vector<std::string> names, values;

  explicit BatchShape(const EvaluateInput& batch);
  BatchShape() = default;
  // DataError that says in what `other` is different. A batch without names is of any names.
  void expect(const BatchShape& other) const;
  template <class Archive>
  void fields(Archive& archive) {
    archive(candidates), archive(narrow), archive(weights), archive(units), archive(strata), archive(slices);
    archive(names), archive(values);
  }
};

// Numbers of rows that are there: {begin: end}, neither touching nor overlapping.
class RowNumbers {
 public:
  // DataError where a row is there already.
  void expect_apart(const RowNumbers& other) const;
  void add(std::int64_t begin, std::int64_t end);
  void add(const RowNumbers& other);
  bool empty() const { return ranges_.empty(); }
  std::int64_t end() const { return ranges_.empty() ? 0 : ranges_.rbegin()->second; }
  // DataError unless they are 0 ... n - 1.
  void expect_whole() const;
  template <class Archive>
  void fields(Archive& archive) {
    archive(ranges_);
  }

 private:
  std::map<std::int64_t, std::int64_t> ranges_;
};

// Rows first, first + 1, ... Scores lie row by row, so that batches are put behind each other.
struct RowRun {
  std::int64_t first = 0, count = 0;
  std::vector<float> narrow;
  std::vector<double> wide, labels, weights;
  std::vector<std::int64_t> units, strata;
  std::vector<std::vector<double>> values;
  std::vector<std::string> slice_names;
  std::vector<std::vector<std::int64_t>> slice_rows;  // by number

  RowRun() = default;
  RowRun(const EvaluateInput& batch, std::int64_t first);
  std::int64_t end() const { return first + count; }
  void append(const RowRun& next);
  // Rows [begin, end) of a run without slices, and leaving it those before `end` alone.
  RowRun part(std::int64_t begin, std::int64_t end) const;
  void keep(std::int64_t end);
  std::int64_t bytes() const;
  template <class Archive>
  void fields(Archive& archive) {
    archive(first), archive(count), archive(narrow), archive(wide), archive(labels), archive(weights);
    archive(units), archive(strata), archive(values), archive(slice_names), archive(slice_rows);
  }
};

// Runs that neither touch nor overlap.
class RunsOfRows {
 public:
  void add(RowRun run);
  // Takes out the last whole chunks (order.h) of a run, at most `most` rows; nothing if there are none.
  std::optional<RowRun> take_chunks(std::int64_t most);
  const std::map<std::int64_t, RowRun>& runs() const { return runs_; }
  std::int64_t bytes() const;
  template <class Archive>
  void fields(Archive& archive) {
    archive(runs_);
  }

 private:
  std::map<std::int64_t, RowRun> runs_;
};

// A run as evaluate wants it, and what that points to.
struct JoinedRows {
  std::vector<float> narrow;
  std::vector<double> wide;
  EvaluateInput input;
};
std::unique_ptr<JoinedRows> joined(const RowRun& run, const BatchShape& shape);

}  // namespace bakeoff

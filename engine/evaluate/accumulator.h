// Evaluation of rows that come in batches, on one machine or many: update, merge, compute.
//
// The scoreboard of compute() is that of evaluate() on all rows by their numbers, bit for bit, whatever the batches and
// the order of merges. A row's number decides its place in the order of reduction and, without units, its weights in
// the resamples; so every row has one number over all shards, and a shard says where its rows begin (`first_row`).
//
// Rows are not kept where all metrics are sums over rows: the state is O(candidates x resamples) then, and two numbers
// a sum for each 4,096 rows (accumulated_sums.h), besides the ids of units. It keeps
//   - up to 4,095 rows at each end of a range of row numbers, until the neighbouring rows are there;
//   - all rows as long as a class has fewer than 30 rows, each a unit of its own: what is drawn within classes needs
//   the
//     ranks of rows within theirs.
// All rows are kept for metrics that sort scores or depend on means of all rows (roc_auc, r2, ece, ...), for slices and
// strata, nan="drop", the multinomial bootstrap, and intervals other than percentile and basic; and, unless asked
// otherwise (KeepRows::never), for replicates of terms without a bound, which cost up to 39 sums each: those with
// weights, of regression and of value columns.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/accumulated_rows.h"
#include "evaluate/accumulated_sums.h"
#include "evaluate/evaluate.h"

namespace bakeoff {

enum class KeepRows : std::uint8_t { if_needed, always, never };

// Why an accumulator of these options has to keep its rows; "" if sums are enough. `batch` may be empty, but says
// whether there are weights, units, strata, slices and values.
std::string needs_rows(const EvaluateOptions& options, const EvaluateInput& batch, KeepRows keep);

class Accumulator {
 public:
  // SpecError for options; also if `keep` is never and rows are needed, where that shows (here or at the first batch).
  explicit Accumulator(EvaluateOptions options, std::int64_t first_row = 0, KeepRows keep = KeepRows::if_needed);

  // Takes a batch in: its rows stand behind the last ones, or from `first_row` on. DataError, and nothing is taken in,
  // for values (as evaluate, rows counted within the batch), for a batch that is unlike those before (candidates, type
  // of scores, which columns there are) and for a row that is there already. Slices are joined by name. Interrupted:
  // the batch is in.
  void update(const Execution& execution, const EvaluateInput& batch);
  void update(const Execution& execution, const EvaluateInput& batch, std::int64_t first_row);
  // Takes in what another accumulator of the same options has. DataError, and nothing is taken in, where a row is in
  // both.
  void merge(const Execution& execution, const Accumulator& other);
  // DataError if rows are missing between 0 and the last one, or if there was no batch at all.
  Scoreboard compute(const Execution& execution) const;
  // Forgets all rows.
  void reset();

  std::int64_t rows() const { return rows_; }
  std::int64_t bytes() const;  // of the state
  bool keeps_rows() const { return !rows_needed_.empty(); }
  // One more than the number of the last row; without rows first_row.
  std::int64_t end() const { return numbers_.empty() ? first_row_ : numbers_.end(); }
  // All rows, where they are kept; null where they aren't. Points into this. DataError if some are missing.
  std::unique_ptr<JoinedRows> kept() const;
  // A state as bytes, for another process; DataError if `bytes` are none, were cut or changed, or are of other options.
  std::string save() const;
  void load(std::string_view bytes);

 private:
  bool settled() const;
  void adopt(const BatchShape& shape, const EvaluateInput& batch);
  void add_units(std::vector<std::int64_t> ids);
  void fold(const Execution& execution);
  void fold_run(const Execution& execution, const RowRun& run, std::vector<AccumulatedSums>& passes) const;
  MetricPlan plan() const;
  kernels::MetricContext context(const MetricPass& pass) const;
  Scoreboard board_of_sums(const Execution& execution, const std::vector<AccumulatedSums>& passes) const;
  std::string signature() const;
  template <class Archive>
  void fields(Archive& archive);

  EvaluateOptions options_;
  KeepRows keep_;
  std::int64_t first_row_;

  std::optional<BatchShape> shape_;  // once there was a batch
  std::string rows_needed_;          // why
  RowNumbers numbers_;
  std::int64_t rows_ = 0, positives_ = 0;
  std::vector<std::int64_t> units_;  // distinct ids, ascending
  RunsOfRows runs_;
  std::vector<AccumulatedSums> passes_;  // as those of the plan; without rows_needed_
};

}  // namespace bakeoff

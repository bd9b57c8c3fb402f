// Metrics with intervals for M candidates, all slices and all resamples at once. METRICS.md defines every number.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/execution.h"
#include "core/types.h"
#include "evaluate/scoreboard.h"
#include "kernels/views.h"

namespace bakeoff {

// A named subset of rows, ascending. Slices may overlap.
struct Slice {
  std::string name;
  std::vector<std::int64_t> rows;
};

// What a row is worth if its action is taken: the v of mean:NAME and total:NAME.
struct ValueColumn {
  std::string name;
  const double* values = nullptr;  // N, finite
};

struct EvaluateInput {
  // M x N; a float32 input is clipped by float32's eps in log-loss, a float64 one by its own. float64 is never cast.
  std::variant<kernels::TensorView<const float, 2>, kernels::TensorView<const double, 2>> scores;
  const double* labels = nullptr;        // N: 0 or 1 for binary, any finite number for regression
  const double* weights = nullptr;       // N, >= 0, or null
  const std::int64_t* units = nullptr;   // N ids of the unit of resampling; null: the row is the unit
  const std::int64_t* strata = nullptr;  // N codes: each stratum is resampled on its own (resampling "multinomial")
  std::vector<Slice> slices;             // "all" is always evaluated and comes first
  std::vector<std::string> names;        // M; empty: "0", "1", ...
  std::vector<ValueColumn> values;

  std::int64_t rows() const;
  std::int64_t candidates() const;
  std::vector<std::string> value_names() const;
};

// A metric that the caller computes: a function of labels, scores and weights. associative_metric.h makes one of a sum.
struct CustomMetric {
  std::string name;
  Direction direction = Direction::maximize;
  // For candidate m on the rows of a slice: what is called with their weights, (rows,), once for the value (the sample
  // weights, or 1) and once a resample (those times how often the row's unit was drawn; 0 where it wasn't). Calls come
  // one after another from the thread that evaluates, while `rows` lives. NaN where undefined.
  using OfWeights = std::function<double(const std::vector<double>&)>;
  std::function<OfWeights(const Execution& execution, const EvaluateInput& rows, std::int64_t m)> on;
};

inline constexpr int kMostResamples = 1'000'000;

struct EvaluateOptions {
  Task task = Task::binary;
  std::vector<std::string> metrics;  // empty: the task's usual ones (default_metrics), without `custom`
  std::vector<CustomMetric> custom;  // stand behind `metrics`
  int resamples = 0;                 // 0: point values only
  double confidence = 0.95;
  // percentile, basic, bca, jackknife (t, by unit), wilson (accuracy, precision, recall), delong or delong_logit
  // (roc_auc), or auto: percentile, of areas with few rows or units (kFewForAuc) and no weights delong_logit.
  std::string interval = "percentile";
  std::string resampling = "poisson";  // or multinomial: as many draws as units, in each stratum
  std::int64_t min_slice_rows = 0;     // a smaller slice is reported with its count and reason too_few_rows alone
  double threshold = 0.5;              // score >= threshold is a positive prediction
  double undefined = 0.0;              // the value of 0/0 in precision, recall, f1, mcc
  std::string compat;                  // "sklearn": its conventions where ours differ (docs/metrics.md)
  // Rows with NaN or inf are left out and counted (Scoreboard::rows_dropped); else a DataError names candidate and row.
  bool drop_nan = false;
  std::uint64_t seed = 0;
};

std::vector<std::string> default_metrics(Task task);
// Without parameters and columns.
std::vector<std::string> known_metrics(Task task);
// SpecError that names the nearest metric if there is none of that name, or if it has no better direction.
Direction metric_direction(const std::string& metric);

// Throws SpecError for options, DataError for values (candidate and first row named). The scoreboard always carries its
// replicates when resamples > 0: comparisons are made from them.
Scoreboard evaluate(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& options);

// The rows of `input` (ascending indices) as an input of its own, with the slices' rows among them or without slices.
// Owns what it points to.
class Subset {
 public:
  Subset(const EvaluateInput& input, const std::vector<std::int64_t>& rows, bool keep_slices = false);
  const EvaluateInput& input() const { return input_; }

 private:
  std::vector<float> narrow_;
  std::vector<double> wide_, labels_, weights_;
  std::vector<std::vector<double>> values_;
  std::vector<std::int64_t> units_, strata_;
  EvaluateInput input_;
};

// Codes of rows (-1: in no slice) as slices, one a name. DataError for a code beyond the names.
std::vector<Slice> slices_of_codes(const std::vector<std::string>& names, const std::int32_t* codes, std::int64_t rows);

// Point values of every candidate with one unit left out at a time, slices ignored.
struct LeaveOneOut {
  std::vector<std::int64_t> units;          // G, ascending ids
  std::vector<std::vector<double>> values;  // M x G, NaN where undefined
};
LeaveOneOut leave_one_unit_out(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& options,
                               const std::string& metric);

// Number of distinct units among the rows.
std::int64_t count_units(const EvaluateInput& input);

}  // namespace bakeoff

// What a metric is. Point metrics are finished from sums of per-row terms (terms.h), weighted by the sample weights:
// the sums are an associative state whose default is the identity, so that shards merge by addition, and bootstrap
// replicates come from the same terms under other weights. The other kinds have kernels of their own.
#pragma once
#include <limits>

#include "kernels/metrics/terms.h"
#include "kernels/metrics/words.h"

namespace bakeoff::kernels {

enum class MetricKind : std::uint8_t {
  sums,         // finished from TermSums
  area,         // linear in the area under the ROC curve (ranking/roc_auc.h)
  curve,        // a functional of the prefix counts along the ranking (ranking/curve.h)
  maximum,      // the largest |error| of the rows that count
  calibration,  // finished from the TermSums of each bin of scores
};

// What a metric of kind curve takes from the prefix counts.
enum class CurveKind : std::uint8_t { average_precision, ks_statistic, partial_auc, recall_at_precision };
// How a metric of kind calibration makes bins, and of them one number.
enum class Binning : std::uint8_t { equal_width, equal_mass };
enum class BinSummary : std::uint8_t { mean, largest };

struct MetricValue {
  double value = std::numeric_limits<double>::quiet_NaN();
  Reason reason = Reason::ok;
};

// The number behind the @ of a name, as in recall_at_precision@0.9.
struct MetricParameter {
  const char* name = nullptr;  // nullptr: the metric takes none
  double preset = 0;           // of the name without @
  const char* range = "";      // what `allows` says, for people
  bool (*allows)(double) = nullptr;
};

// What values a metric is defined for. Others are a DataError, as scikit-learn raises a ValueError.
enum class Range : std::uint8_t { any, probability, not_negative, positive, above_minus_one };
struct Domain {
  Range labels = Range::any, scores = Range::any;
};

struct Metric {
  const char* name;
  Task task;
  Direction direction;
  MetricKind kind = MetricKind::sums;
  // For people: docs/metrics.md is made of them.
  const char* definition;
  const char* source;
  const char* edges = "";

  MetricParameter parameter{};
  bool of_column = false;  // its name goes on with :COLUMN, it is of any task, and its labels are that column
  Domain (*domain)(double parameter) = nullptr;  // nullptr: any finite numbers
  TermSet terms{};  // of kinds sums and calibration; Term::weight is summed for every metric and need not be named
  // Kind sums. Called with rows > 0 and weight > 0 only: call the function `finish` below.
  MetricValue (*formula)(const TermSums&, const MetricContext&) = nullptr;
  double scale = 1, offset = 0;  // kind area: scale * AUC + offset
  CurveKind curve{};
  Binning binning{};
  BinSummary bin_summary{};
};

/// The value of a point metric (kind sums): NaN with Reason::empty without rows, NaN with Reason::no_weight where all
/// weights are zero, else the metric's formula. A replicate is finished by the same call, from its own sums.
inline MetricValue finish(const Metric& metric, const TermSums& sums, const MetricContext& context) {
  if (sums.rows == 0) return {std::numeric_limits<double>::quiet_NaN(), Reason::empty};
  if (!(sums[Term::weight] > 0)) return {std::numeric_limits<double>::quiet_NaN(), Reason::no_weight};
  return metric.formula(sums, context);
}

/// The terms that a set of metrics needs, each once, and Term::weight.
constexpr TermSet terms_for(const Metric* const* metrics, Index count) {
  TermSet terms(Term::weight);
  for (Index i = 0; i < count; ++i) terms = terms | metrics[i]->terms;
  return terms;
}

// numerator / denominator; 0/0 is the context's `undefined`.
inline MetricValue ratio(double numerator, double denominator, const MetricContext& context) {
  if (denominator == 0) return {context.undefined, Reason::zero_division};
  return {numerator / denominator, Reason::ok};
}

// A sum over rows, and its replicates on the scale of the sample: their weights sum to n only on average, and without
// the factor the spread of a total is that of the number of rows drawn (METRICS: 193 where the truth is 35).
inline MetricValue total(double sum, const TermSums& sums, const MetricContext& context) {
  return {context.total_weight > 0 ? sum * (context.total_weight / sums[Term::weight]) : sum};
}

}  // namespace bakeoff::kernels

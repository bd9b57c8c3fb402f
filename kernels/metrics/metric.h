// What a metric is. Point metrics are finished from sums of per-row terms (terms.h), weighted by the sample weights:
// the sums are an associative state whose default is the identity, so that shards merge by addition, and bootstrap
// replicates come from the same terms under other weights.
#pragma once
#include <limits>

#include "kernels/metrics/terms.h"

namespace bakeoff::kernels {

enum class Task : std::uint8_t { binary, regression };
enum class Direction : std::uint8_t { maximize, minimize };

// sums: finished from TermSums. ordered: a fold over rows sorted by score, with a kernel of its own (kernels/ranking).
enum class MetricKind : std::uint8_t { sums, ordered };

// Why a value is NaN, or a convention instead of a measurement (zero_division, constant_target).
enum class Reason : std::uint8_t { ok, empty, no_weight, one_class, constant_target, zero_division, too_few_rows };

struct MetricValue {
  double value = std::numeric_limits<double>::quiet_NaN();
  Reason reason = Reason::ok;
};

struct Metric {
  const char* name;
  Task task;
  Direction direction;
  MetricKind kind = MetricKind::sums;
  TermSet terms{};  // Term::weight is summed for every metric and need not be named
  // Called with rows > 0 and weight > 0 only: call the function `finish` below.
  MetricValue (*formula)(const TermSums&, const MetricContext&) = nullptr;
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

}  // namespace bakeoff::kernels

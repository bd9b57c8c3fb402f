// What the parts of evaluate_rows share: one file a kind of metric.
#pragma once
#include "evaluate/row_set.h"
#include "evaluate/unit_index.h"
#include "kernels/metrics/scored_rows.h"
#include "kernels/philox.h"

namespace bakeoff {

template <class T>
struct RowSet {
  const Execution& execution;
  const EvaluateInput& input;
  kernels::TensorView<const T, 2> scores;
  const MetricPlan& plan;
  const EvaluateOptions& options;
  UnitIndex units;
  Index n, m, k;  // rows, candidates, metrics
  RowSetResult result;

  kernels::RngKey key() const { return kernels::RngKey::from_seed(options.seed); }
  const MetricUse& use(std::size_t place) const { return plan.uses[place]; }
  kernels::MetricValue& value(Index candidate, std::size_t place) {
    return result.values[candidate * k + static_cast<Index>(place)];
  }
  double& replicate(Index b, Index candidate, std::size_t place) {
    return result.replicates[(b * m + candidate) * k + static_cast<Index>(place)];
  }
  kernels::TensorView<const T, 1> scores_of(Index candidate) const {
    return {scores.data + candidate * scores.strides[0], {n}, {scores.strides[1]}, Device::cpu};
  }
  kernels::MetricContext context() const {
    kernels::MetricContext c;
    c.threshold = options.threshold;
    c.eps = std::numeric_limits<T>::epsilon();
    c.undefined = options.undefined;
    c.like_sklearn = options.compat == "sklearn";
    return c;
  }
};

template <class T>
void ranked_metrics(RowSet<T>& set);
template <class T>
void maximum_metrics(RowSet<T>& set);
template <class T>
void calibration_metrics(RowSet<T>& set);

}  // namespace bakeoff

// What a metric of many classes, or of many labels, is: a formula over sums by class.
#pragma once
#include <cmath>

#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

// Of one candidate (or replicate) on one set of rows: sums of sample weights.
struct ClassSums {
  int classes = 0;
  const double* actual = nullptr;     // C: rows of that class
  const double* predicted = nullptr;  // C: rows where it was predicted
  const double* hit = nullptr;        // C: rows where it was predicted and is true
  double weight = 0;                  // all rows
  double exact = 0;                   // rows where every class, or label, is right
  double top = 0;                     // rows whose class is among the k highest scores
  double log_loss = 0, squared = 0;   // sums of the terms
  Index rows = 0;
  bool multilabel = false;

  // scikit-learn averages over the classes that occur, in the labels or in the predictions; over all of several labels.
  bool occurs(int c) const { return multilabel || actual[c] > 0 || predicted[c] > 0; }
};

// What else than the sums by class a metric is made of. ordered: from the rankings of single classes.
enum class ClassSource : std::uint8_t { counts, top, log_loss, squared, ordered };
enum class ClassTask : std::uint8_t { multiclass, multilabel, both };

struct ClassMetric {
  const char* name;
  ClassTask task;
  Direction direction;
  ClassSource source = ClassSource::counts;
  // Called with rows > 0 and weight > 0 only: call finish() below.
  MetricValue (*formula)(const ClassSums&, double undefined) = nullptr;
};

/// NaN with Reason::empty without rows, with Reason::no_weight where all weights are zero, else the metric's formula.
inline MetricValue finish(const ClassMetric& metric, const ClassSums& sums, double undefined) {
  if (sums.rows == 0) return {std::numeric_limits<double>::quiet_NaN(), Reason::empty};
  if (!(sums.weight > 0)) return {std::numeric_limits<double>::quiet_NaN(), Reason::no_weight};
  return metric.formula(sums, undefined);
}

enum class Average : std::uint8_t { macro, micro, weighted };

/// score(hit, predicted, actual) -> {numerator, denominator} of each class: their mean over the classes that occur, the
/// ratio of their sums, or their mean weighted by `actual`. A class with 0/0 counts as `undefined`, and is told.
template <Average kAverage, class Score>
MetricValue average(const ClassSums& s, double undefined, const Score& score) {
  double above = 0, below = 0, sum = 0, weight = 0;
  Reason reason = Reason::ok;
  for (int c = 0; c < s.classes; ++c) {
    if (!s.occurs(c)) continue;
    const auto [numerator, denominator] = score(s.hit[c], s.predicted[c], s.actual[c]);
    above += numerator;
    below += denominator;
    const double share = kAverage == Average::weighted ? s.actual[c] : 1.0;
    if (kAverage != Average::micro && denominator == 0 && share > 0) reason = Reason::zero_division;
    sum += share * (denominator == 0 ? undefined : numerator / denominator);
    weight += share;
  }
  const bool micro = kAverage == Average::micro;
  const double top = micro ? above : sum, bottom = micro ? below : weight;
  if (bottom == 0) return {undefined, Reason::zero_division};
  return {top / bottom, reason};
}

}  // namespace bakeoff::kernels

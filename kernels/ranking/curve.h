// What is read off the ROC and the precision-recall curve besides their area: functionals of the prefix counts along
// the ranking, from the highest score down. A threshold stands below each tie group; P and N are the weights of
// positives and negatives above it.
//
//   average_precision    sum over thresholds of (P - P before) * P / (P + N)        / P of all
//   ks_statistic         max |P * N of all - N * P of all|                          / (P of all * N of all)
//   partial_auc          the trapezoids below N <= max_fpr * N of all, doubled      standardised by McClish
//   recall_at_precision  the last P with P / (P + N) >= precision                   / P of all
//
// The order of reduction: chunks of 4,096 ranks; within a chunk rank by rank; chunks one after another. Integer weights
// are exact in double, so their prefix counts don't depend on it.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/metrics/metric.h"
#include "kernels/order.h"
#include "kernels/ranking/ranking.h"

namespace bakeoff::kernels {

struct CurveQuery {
  CurveKind kind = CurveKind::average_precision;
  double parameter = 0;  // max_fpr, precision
};
// Asked of one ranking at once.
inline constexpr int kMaxCurves = 8;

// The middle column of the table above, and the weights of both classes.
struct CurveState {
  double value = 0, positive = 0, negative = 0;
  BAKEOFF_HD bool operator==(const CurveState& o) const {
    return value == o.value && positive == o.positive && negative == o.negative;
  }
};

// What a chunk of ranks has to know of the chunks above it.
struct CurveStart {
  double positive = 0, negative = 0;
  double closed_positive = 0, closed_negative = 0;  // at the last threshold
};
// What a chunk tells the ones below it: its weights, and how much of them lies above its last threshold.
struct CurveChunk {
  double positive = 0, negative = 0;
  double closed_positive = 0, closed_negative = 0;
  bool has_threshold = false;

  BAKEOFF_HD void add(bool is_positive, double weight) {
    if (is_positive) {
      positive += weight;
    } else {
      negative += weight;
    }
  }
  BAKEOFF_HD void close() {
    closed_positive = positive;
    closed_negative = negative;
    has_threshold = true;
  }
};
BAKEOFF_HD inline CurveStart operator+(const CurveStart& a, const CurveChunk& b) {
  return {a.positive + b.positive, a.negative + b.negative,
          b.has_threshold ? a.positive + b.closed_positive : a.closed_positive,
          b.has_threshold ? a.negative + b.closed_negative : a.closed_negative};
}

constexpr bool curve_is_a_maximum(CurveKind kind) {
  return kind == CurveKind::ks_statistic || kind == CurveKind::recall_at_precision;
}
constexpr bool curve_needs_totals(CurveKind kind) {
  return kind == CurveKind::ks_statistic || kind == CurveKind::partial_auc;
}
/// The value of one chunk after another.
BAKEOFF_HD inline double join_chunks(CurveKind kind, double above, double below) {
  if (kind == CurveKind::ks_statistic || kind == CurveKind::recall_at_precision) return below > above ? below : above;
  return above + below;
}

/// What a threshold adds to `value`. `closed` are P and N at the threshold before, `limit` is max_fpr * N of all. V is
/// double, or a vector of them: its selects never see what the unselected side divided by zero.
template <CurveKind kKind, class V>
BAKEOFF_HD BAKEOFF_INLINE V at_threshold(V value, V p, V n, V closed_p, V closed_n, double parameter, V limit, V all_p,
                                         V all_n) {
  if constexpr (kKind == CurveKind::average_precision) {
    const V group = p - closed_p;
    return group > 0.0 ? value + group * p / (p + n) : value;
  }
  if constexpr (kKind == CurveKind::ks_statistic) {
    const V difference = p * all_n - n * all_p, size = difference < 0.0 ? -difference : difference;
    return size > value ? size : value;
  }
  if constexpr (kKind == CurveKind::partial_auc) {
    const V width = (n < limit ? n : limit) - closed_n;
    // A whole group's share is exactly 1
    return width > 0.0 ? value + width * (closed_p + (closed_p + (p - closed_p) * (width / (n - closed_n)))) : value;
  }
  if constexpr (kKind == CurveKind::recall_at_precision) return p / (p + n) >= parameter ? p : value;
  return value;
}

/// A chunk rank by rank, in one resample.
template <CurveKind kKind>
struct CurveFold {
  CurveStart start;
  double parameter, all_positive, all_negative;
  double positive = 0, negative = 0, value = 0;

  BAKEOFF_HD void add(bool is_positive, double weight) {
    if (is_positive) {
      positive += weight;
    } else {
      negative += weight;
    }
  }
  BAKEOFF_HD void close() {
    const double p = start.positive + positive, n = start.negative + negative;
    value = at_threshold<kKind>(value, p, n, start.closed_positive, start.closed_negative, parameter,
                                parameter * all_negative, all_positive, all_negative);
    start.closed_positive = p;
    start.closed_negative = n;
  }
};

/// Calls f.template operator()<kKind>().
template <class F>
void with_curve(CurveKind kind, const F& f) {
  if (kind == CurveKind::average_precision) f.template operator()<CurveKind::average_precision>();
  if (kind == CurveKind::ks_statistic) f.template operator()<CurveKind::ks_statistic>();
  if (kind == CurveKind::partial_auc) f.template operator()<CurveKind::partial_auc>();
  if (kind == CurveKind::recall_at_precision) f.template operator()<CurveKind::recall_at_precision>();
}

/// NaN with Reason::one_class where a class that the curve needs has no weight; average precision without a positive is
/// 0 if the context is like_sklearn. The caller knows whether there are rows and weights at all.
inline MetricValue finish(const CurveQuery& query, const CurveState& state, const MetricContext& context) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const double p = state.positive, n = state.negative;
  const bool lacks = !(p > 0) || (curve_needs_totals(query.kind) && !(n > 0));
  if (lacks)
    return {query.kind == CurveKind::average_precision && context.like_sklearn ? 0.0 : kNaN, Reason::one_class};
  if (query.kind == CurveKind::ks_statistic) return {state.value / (p * n)};
  if (query.kind != CurveKind::partial_auc) return {state.value / p};
  const double area = state.value / (2 * p * n), f = query.parameter, least = f * f / 2;
  return {(1 + (area - least) / (f - least)) / 2};
}

/// Bytes of scratch for curve_states, aligned to 64.
std::size_t curve_scratch_bytes(Index rows);
/// out[q] = the state of query q, of at most kMaxCurves, over the whole ranking. `weights` (finite, >= 0) are by row,
/// nullptr: 1 each. The same bits with any number of threads and on any device, where all pointers but `queries` are
/// the device's.
void curve_states(const Workers& workers, const RankingView& ranking, const double* weights, const CurveQuery* queries,
                  int count, CurveState* out, void* scratch);
void curve_states(Stream stream, const RankingView& ranking, const double* weights, const CurveQuery* queries,
                  int count, CurveState* out, void* scratch);

}  // namespace bakeoff::kernels

// The weighted area under the ROC curve as an associative fold over rows sorted by score.
//
// Of the pairs (positive, negative) a positive that scores higher counts its weights' product once, a tie half. Kept
// doubled, so that integer weights stay integers: area2 = sum over tie groups of p (2 N + n), where p and n are the
// group's weights of positives and negatives and N the weight of the negatives below it. AUC = area2 / (2 P N).
#pragma once
#include "kernels/metrics/metric.h"

namespace bakeoff::kernels {

// Of a contiguous range of ranks. T is std::uint64_t (exact while 2 P N < 2^64: a total weight below 2^32 suffices) or
// double. A range may start or end inside a tie group: its first and last group are remembered for the merge.
template <class T>
struct AucState {
  T positive{}, negative{}, area2{};
  T head_positive{}, head_negative{};  // of the first group
  T tail_positive{}, tail_negative{};  // of the last group; the first group itself if `one_group`
  bool empty = true;
  bool one_group = true;
  bool continues = false;  // the first rank belongs to the last group of the range before
};

/// `b` comes right after `a`. Associative, not commutative. A group that lies in both is put together again: its
/// negatives in `a` were counted below its positives in `b` (2 instead of 1), its positives in `a` not at all against
/// its negatives in `b` (0 instead of 1).
template <class T>
BAKEOFF_HD inline AucState<T> merge(const AucState<T>& a, const AucState<T>& b) {
  if (a.empty) return b;
  if (b.empty) return a;
  AucState<T> c;
  c.empty = false;
  c.continues = a.continues;
  c.positive = a.positive + b.positive;
  c.negative = a.negative + b.negative;
  c.area2 = a.area2 + b.area2 + T{2} * a.negative * b.positive;
  c.head_positive = a.head_positive;
  c.head_negative = a.head_negative;
  c.tail_positive = b.tail_positive;
  c.tail_negative = b.tail_negative;
  c.one_group = false;
  if (b.continues) {
    c.area2 = c.area2 - a.tail_negative * b.head_positive + a.tail_positive * b.head_negative;
    if (a.one_group) {
      c.head_positive += b.head_positive;
      c.head_negative += b.head_negative;
    }
    if (b.one_group) {
      c.tail_positive += a.tail_positive;
      c.tail_negative += a.tail_negative;
    }
    c.one_group = a.one_group && b.one_group;
  }
  return c;
}

/// Rank by rank: group sums stay open until the next group begins. The order of the additions is fixed, so that float
/// weights give the same bits wherever the same ranks are folded. Weights may be summed in a smaller type than the
/// area: in Sum twice the total of the ranks must fit.
template <class T, class Sum = T>
struct AucFold {
  T area2{};  // of closed groups, as are the next two
  Sum positive{}, negative{};
  Sum open_positive{}, open_negative{};
  Sum head_positive{}, head_negative{};
  bool head_open = true;

  BAKEOFF_HD void close_group() {
    area2 = area2 + static_cast<T>(open_positive) * static_cast<T>(Sum{2} * negative + open_negative);
    positive = positive + open_positive;
    negative = negative + open_negative;
    if (head_open) {
      head_positive = open_positive;
      head_negative = open_negative;
      head_open = false;
    }
    open_positive = open_negative = Sum{};
  }
  BAKEOFF_HD void add(bool is_positive, Sum weight) {
    if (is_positive) {
      open_positive = open_positive + weight;
    } else {
      open_negative = open_negative + weight;
    }
  }
  /// Of a range with at least one rank, whose first rank continues the group before it or doesn't.
  BAKEOFF_HD AucState<T> state(bool continues) const {
    AucFold all = *this;
    all.close_group();
    return {static_cast<T>(all.positive),
            static_cast<T>(all.negative),
            all.area2,
            static_cast<T>(all.head_positive),
            static_cast<T>(all.head_negative),
            static_cast<T>(open_positive),
            static_cast<T>(open_negative),
            false,
            head_open,
            continues};
  }
};

/// Merges n states, `stride` apart, into the first: neighbours first, then neighbouring pairs, and so on.
template <class T>
BAKEOFF_HD inline void merge_neighbours(AucState<T>* states, Index n, Index stride = 1) {
  for (Index step = 1; step < n; step *= 2)
    for (Index i = 0; i + step < n; i += 2 * step)
      states[i * stride] = merge(states[i * stride], states[(i + step) * stride]);
}

/// NaN where a class has no weight: with Reason::empty for a range without ranks, else with Reason::one_class.
template <class T>
MetricValue finish(const AucState<T>& state) {
  if (state.empty) return {std::numeric_limits<double>::quiet_NaN(), Reason::empty};
  if (!(state.positive > 0 && state.negative > 0)) return {std::numeric_limits<double>::quiet_NaN(), Reason::one_class};
  const double pairs = static_cast<double>(state.positive) * static_cast<double>(state.negative);
  return {static_cast<double>(state.area2) / (2 * pairs), Reason::ok};
}

}  // namespace bakeoff::kernels

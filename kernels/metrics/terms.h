// The per-row terms whose weighted sums finish the point metrics. Each is written once, for host and device, and summed
// once for all metrics that need it. A new term: a line in Term, a line in term_value.
#pragma once
#include "kernels/math.h"

namespace bakeoff::kernels {

enum class Term : std::uint8_t {
  weight,
  log_loss,
  squared_error,
  absolute_error,
  correct,
  true_positive,
  false_positive,
  true_negative,
  false_negative,
  label,          // shifted: label - label_shift
  label_squared,  // shifted, squared
};
inline constexpr int kTermCount = 11;

struct MetricContext {
  double threshold = 0.5;  // a score >= threshold predicts the positive class
  double eps =
      0x1p-52;  // probabilities are clipped to [eps, 1 - eps]: the eps of the scores' type, 0x1p-23 for float32
  double label_shift = 0;  // any number near the labels' mean (label_centre): keeps the variance of the labels exact
  double undefined = 0;    // the value of 0/0 in precision, recall, f1, mcc
};

// Which terms, and where each stands in an array of their sums: in the order of Term, those in the set alone.
struct TermSet {
  std::uint32_t bits = 0;

  constexpr TermSet() = default;
  template <class... T>
  explicit constexpr TermSet(Term first, T... rest) : bits(((1u << int(first)) | ... | (1u << int(rest)))) {}

  BAKEOFF_HD constexpr bool has(Term t) const { return bits >> int(t) & 1u; }
  BAKEOFF_HD constexpr int count() const { return index(Term(kTermCount)); }
  BAKEOFF_HD constexpr int index(Term t) const {
    int before = 0;
    for (int k = 0; k < int(t); ++k) before += bits >> k & 1;
    return before;
  }
  constexpr TermSet operator|(TermSet other) const {
    TermSet both;
    both.bits = bits | other.bits;
    return both;
  }
  constexpr bool operator==(const TermSet&) const = default;
};

// The state of every point metric: sums of weight * term, and how many rows they were taken over.
struct TermSums {
  double sum[kTermCount] = {};
  Index rows = 0;

  constexpr double& operator[](Term t) { return sum[int(t)]; }
  constexpr double operator[](Term t) const { return sum[int(t)]; }
};

/// The sums of one candidate (or replicate), packed in the order of `terms`, as the launchers write them.
inline TermSums unpack(TermSet terms, const double* packed, Index rows) {
  TermSums sums;
  sums.rows = rows;
  for (int t = 0; t < kTermCount; ++t)
    if (terms.has(Term(t))) sums.sum[t] = *packed++;
  return sums;
}

/// One term of one row, unweighted. Labels of binary tasks are 0 or not 0. log_loss is scikit-learn 1.9's: the
/// probability of the class that came, clipped.
template <Term kTerm>
BAKEOFF_HD BAKEOFF_INLINE double term_value(double score, double label, const MetricContext& c) {
  const bool positive = label != 0.0, predicted = score >= c.threshold;
  if constexpr (kTerm == Term::log_loss) {
    const double p = positive ? score : 1.0 - score;
    const double above = p < c.eps ? c.eps : p;
    return -math::log(above > 1.0 - c.eps ? 1.0 - c.eps : above);
  }
  if constexpr (kTerm == Term::squared_error) return (score - label) * (score - label);
  if constexpr (kTerm == Term::absolute_error) return score > label ? score - label : label - score;
  if constexpr (kTerm == Term::correct) return predicted == positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::true_positive) return predicted && positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::false_positive) return predicted && !positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::true_negative) return !predicted && !positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::false_negative) return !predicted && positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::label) return label - c.label_shift;
  if constexpr (kTerm == Term::label_squared) return (label - c.label_shift) * (label - c.label_shift);
  return 1.0;
}

// Calls f.template operator()<kTerm>() for the term: a loop over rows is then compiled for each term.
template <int kFrom = 0, class F>
BAKEOFF_HD BAKEOFF_INLINE void with_term(Term term, const F& f) {
  if constexpr (kFrom < kTermCount) {
    if (int(term) == kFrom)
      f.template operator()<Term(kFrom)>();
    else
      with_term<kFrom + 1>(term, f);
  }
}

// Calls it for every term of a set, in order, unrolled: what f indexes by kTerm can stay in registers.
template <int kTerm = 0, class F>
BAKEOFF_HD BAKEOFF_INLINE void for_each_term(TermSet terms, const F& f) {
  if constexpr (kTerm < kTermCount) {
    if (terms.has(Term(kTerm))) f.template operator()<Term(kTerm)>();
    for_each_term<kTerm + 1>(terms, f);
  }
}

/// A number near the labels' mean for MetricContext::label_shift: exactly the label where all are equal. Rows of weight
/// 0 don't count; `weights` may be null; without rows 0.
inline double label_centre(const double* labels, const double* weights, Index rows) {
  double low = std::numeric_limits<double>::infinity(), high = -low, mean = 0, total = 0;
  for (Index i = 0; i < rows; ++i) {
    const double w = weights ? weights[i] : 1.0;
    if (w == 0) continue;
    total += w;
    mean += (labels[i] - mean) * (w / total);
    low = labels[i] < low ? labels[i] : low;
    high = labels[i] > high ? labels[i] : high;
  }
  return total == 0 ? 0 : mean < low ? low : mean > high ? high : mean;
}

}  // namespace bakeoff::kernels

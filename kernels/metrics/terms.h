// The per-row terms whose weighted sums finish the point metrics. Each is written once, for host and device, and summed
// once for all metrics that need it. A new term: a line in Term, a line in term_value, and where the device needs it a
// line in kClassTerms. At most 32.
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
  positive,
  predicted,        // score >= threshold
  predicted_label,  // the label where predicted, else 0: what a column is worth by the action taken
  score,
  error,          // shifted: label - score - error_shift
  error_squared,  // shifted, squared
  shortfall,      // label - score where positive, else 0
  excess,         // score - label where positive, else 0
  relative_error,
  squared_log_error,
  poisson_deviance,
  gamma_deviance,
  tweedie_deviance,  // of context.power
};
inline constexpr int kTermCount = 24;
static_assert(kTermCount <= 32);

struct MetricContext {
  double threshold = 0.5;  // a score >= threshold predicts the positive class
  double eps =
      0x1p-52;  // probabilities are clipped to [eps, 1 - eps]: the eps of the scores' type, 0x1p-23 for float32
  double label_shift = 0;  // any number near the labels' mean (label_centre): keeps the variance of the labels exact
  double undefined = 0;    // the value of 0/0 in precision, recall, f1, mcc
  double power = 0;        // of tweedie_deviance
  // The same of the errors, one number a candidate (on the device, for its kernels), or nullptr: 0. for_candidate()
  // picks it.
  const double* error_shifts = nullptr;
  double error_shift = 0;

  // For the formulas alone.
  double parameter = 0;       // of the metric
  double total_weight = 0;    // the sample's sum of weights, where a replicate is finished; 0: not known
  bool like_sklearn = false;  // compat="sklearn"

  BAKEOFF_HD BAKEOFF_INLINE MetricContext for_candidate(Index m) const {
    MetricContext c = *this;
    if (error_shifts) c.error_shift = error_shifts[m];
    return c;
  }
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
  BAKEOFF_HD constexpr TermSet operator-(TermSet other) const {
    TermSet left;
    left.bits = bits & ~other.bits;
    return left;
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

// x^a, x > 0, and 0 for x = 0, a > 0.
BAKEOFF_HD BAKEOFF_INLINE double power_of(double x, double a) { return x > 0 ? math::exp(a * math::log(x)) : 0.0; }

// Twice the unit deviances of the exponential dispersion models, by scikit-learn's mean_tweedie_deviance.
BAKEOFF_HD BAKEOFF_INLINE double poisson_unit(double score, double label) {
  const double log_part = label > 0 ? label * math::log(label / score) : 0.0;
  return 2 * (log_part - label + score);
}
BAKEOFF_HD BAKEOFF_INLINE double gamma_unit(double score, double label) {
  return 2 * (math::log(score / label) + label / score - 1);
}
BAKEOFF_HD BAKEOFF_INLINE double tweedie_unit(double score, double label, double p) {
  if (p == 0) return (score - label) * (score - label);
  if (p == 1) return poisson_unit(score, label);
  if (p == 2) return gamma_unit(score, label);
  return 2 * (power_of(label, 2 - p) / ((1 - p) * (2 - p)) - label * power_of(score, 1 - p) / (1 - p) +
              power_of(score, 2 - p) / (2 - p));
}

// The probability given to the class that came, clipped.
BAKEOFF_HD BAKEOFF_INLINE double clipped_probability(double score, double label, const MetricContext& c) {
  const double p = label != 0.0 ? score : 1.0 - score;
  const double above = p < c.eps ? c.eps : p;
  return above > 1.0 - c.eps ? 1.0 - c.eps : above;
}
// Without weights one log does for 8 of them: they are at least 2^-52, so their product is a normal number. It is off
// by 2^-53 a factor, so is its log, and 2^-53 a row is what a sum of logs near 1 is off by, too.
inline constexpr int kProbabilitiesPerLog = 8;

/// One term of one row, unweighted. Labels of binary tasks are 0 or not 0. log_loss is scikit-learn 1.9's: the
/// probability of the class that came, clipped.
template <Term kTerm>
BAKEOFF_HD BAKEOFF_INLINE double term_value(double score, double label, const MetricContext& c) {
  const bool positive = label != 0.0, predicted = score >= c.threshold;
  if constexpr (kTerm == Term::log_loss) return -math::log(clipped_probability(score, label, c));
  if constexpr (kTerm == Term::squared_error) return (score - label) * (score - label);
  if constexpr (kTerm == Term::absolute_error) return score > label ? score - label : label - score;
  if constexpr (kTerm == Term::correct) return predicted == positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::true_positive) return predicted && positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::false_positive) return predicted && !positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::true_negative) return !predicted && !positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::false_negative) return !predicted && positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::label) return label - c.label_shift;
  if constexpr (kTerm == Term::label_squared) return (label - c.label_shift) * (label - c.label_shift);
  if constexpr (kTerm == Term::positive) return positive ? 1.0 : 0.0;
  if constexpr (kTerm == Term::predicted) return predicted ? 1.0 : 0.0;
  if constexpr (kTerm == Term::predicted_label) return predicted ? label : 0.0;
  if constexpr (kTerm == Term::score) return score;
  if constexpr (kTerm == Term::error) return label - score - c.error_shift;
  if constexpr (kTerm == Term::error_squared) return (label - score - c.error_shift) * (label - score - c.error_shift);
  if constexpr (kTerm == Term::shortfall) return label > score ? label - score : 0.0;
  if constexpr (kTerm == Term::excess) return score > label ? score - label : 0.0;
  if constexpr (kTerm == Term::relative_error) {
    const double size = label < 0 ? -label : label, error = score > label ? score - label : label - score;
    return error / (size > 0x1p-52 ? size : 0x1p-52);
  }
  if constexpr (kTerm == Term::squared_log_error) {
    const double error = math::log1p(label) - math::log1p(score);
    return error * error;
  }
  if constexpr (kTerm == Term::poisson_deviance) return poisson_unit(score, label);
  if constexpr (kTerm == Term::gamma_deviance) return gamma_unit(score, label);
  if constexpr (kTerm == Term::tweedie_deviance) return tweedie_unit(score, label, c.power);
  return 1.0;
}

// The terms that classification needs. The device compiles its loop for these alone and for all: 108 and 160 registers
// a thread (nvcc 13, sm_90), none spilled.
inline constexpr std::uint32_t kClassTerms =
    TermSet(Term::weight, Term::log_loss, Term::squared_error, Term::correct, Term::true_positive, Term::false_positive,
            Term::true_negative, Term::false_negative, Term::positive, Term::predicted, Term::predicted_label,
            Term::score, Term::error)
        .bits;
inline constexpr std::uint32_t kAllTerms = (std::uint64_t{1} << kTermCount) - 1;

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

// Calls it for every term of a set, in order, unrolled: what f indexes by kTerm can stay in registers. The set is
// within kPossible.
template <std::uint32_t kPossible = kAllTerms, int kTerm = 0, class F>
BAKEOFF_HD BAKEOFF_INLINE void for_each_term(TermSet terms, const F& f) {
  if constexpr (kTerm < kTermCount) {
    if constexpr (kPossible >> kTerm & 1)
      if (terms.has(Term(kTerm))) f.template operator()<Term(kTerm)>();
    for_each_term<kPossible, kTerm + 1>(terms, f);
  }
}

/// A number near the mean of label - score, for MetricContext::error_shifts: the mean over at most 4,096 rows, evenly
/// spaced. Rows of weight 0 don't count. `row`: the rows that are meant; null: all.
template <class T>
double error_centre(const T* scores, Index stride, const double* labels, const double* weights, Index rows,
                    const std::int64_t* row = nullptr) {
  const Index step = rows > 4096 ? rows / 4096 : 1;
  double mean = 0, count = 0;
  for (Index at = 0; at < rows; at += step) {
    const Index i = row ? row[at] : at;
    if (weights && weights[i] == 0) continue;
    mean += (labels[i] - static_cast<double>(scores[i * stride]) - mean) / ++count;
  }
  return mean;
}

/// A number near the labels' mean for MetricContext::label_shift: exactly the label where all are equal. Rows of weight
/// 0 don't count; `weights` may be null; without rows 0. `row`: the rows that are meant; null: all.
inline double label_centre(const double* labels, const double* weights, Index rows, const std::int64_t* row = nullptr) {
  double low = std::numeric_limits<double>::infinity(), high = -low, mean = 0, total = 0;
  for (Index at = 0; at < rows; ++at) {
    const Index i = row ? row[at] : at;
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

// Loops over the 256 lanes, one term at a time, from buffers in L1. g++ 12 turns the selects of log into branches
// unless it may assume that no floating-point trap is caught; values are the same. log: 5 ns a row instead of 18.
#pragma GCC optimize("O3", "no-trapping-math")
#include "kernels/metrics/pointwise_simd.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

struct Step {
  double scores[kLanes], values[kLanes];
};

template <class T>
BAKEOFF_INLINE void load_scores(const T* from, Index stride, int count, double* to) {
  if (stride == 1)
    for (int l = 0; l < count; ++l) to[l] = from[l];
  else
    for (int l = 0; l < count; ++l) to[l] = from[l * stride];
}

template <Term kTerm>
BAKEOFF_INLINE void weighted_terms_of(const double* scores, const double* labels, const double* weights, int count,
                                      const MetricContext& context, double* values) {
  const MetricContext c = context;  // a copy: the loop needn't ask whether `values` overwrites it
  if (weights)
    for (int l = 0; l < count; ++l) values[l] = weights[l] * term_value<kTerm>(scores[l], labels[l], c);
  else
    for (int l = 0; l < count; ++l) values[l] = term_value<kTerm>(scores[l], labels[l], c);
}

// Not a template of the scores' type, and not inlined, as all that is compiled for each term: half the compile time.
__attribute__((noinline)) void weighted_terms(Term kind, const double* scores, const double* labels,
                                              const double* weights, int count, const MetricContext& context,
                                              double* values) {
  with_term(kind, [&]<Term kTerm>() { weighted_terms_of<kTerm>(scores, labels, weights, count, context, values); });
}

// Calls use(t, first row of the step, count, values) for every term of every step of 256 rows.
template <class T, class Use>
BAKEOFF_INLINE void for_each_step(const ChunkRows<T>& rows, TermSet terms, const MetricContext& context,
                                  const Use& use) {
  Step step;
  for (Index first = 0; first < rows.count; first += kLanes) {
    const int count = static_cast<int>(rows.count - first < kLanes ? rows.count - first : kLanes);
    load_scores(rows.scores + first * rows.stride, rows.stride, count, step.scores);
    const double* weights = rows.weights ? rows.weights + first : nullptr;
    int t = 0;
    for (int kind = 0; kind < kTermCount; ++kind) {
      if (!terms.has(Term(kind))) continue;
      weighted_terms(Term(kind), step.scores, rows.labels + first, weights, count, context, step.values);
      use(t++, first, count, step.values);
    }
  }
}

// ---- sums ----
template <Term kTerm>
BAKEOFF_INLINE void add_term_of(const double* scores, const double* labels, const double* weights, int count,
                                const MetricContext& context, double* __restrict lane, double* __restrict peak) {
  const MetricContext c = context;
  const auto add = [&](int l, double value) {
    const double size = value < 0 ? -value : value;
    lane[l] += value;
    peak[l] = size > peak[l] ? size : peak[l];
  };
  if (weights)
    for (int l = 0; l < count; ++l) add(l, weights[l] * term_value<kTerm>(scores[l], labels[l], c));
  else
    for (int l = 0; l < count; ++l) add(l, term_value<kTerm>(scores[l], labels[l], c));
}

__attribute__((noinline)) void add_term(Term kind, const double* scores, const double* labels, const double* weights,
                                        int count, const MetricContext& context, double* lane, double* peak) {
  with_term(kind, [&]<Term kTerm>() { add_term_of<kTerm>(scores, labels, weights, count, context, lane, peak); });
}

// Terms that are 0 or 1: without weights their sums are counts, exact in any order.
constexpr TermSet kCounted(Term::weight, Term::correct, Term::true_positive, Term::false_positive, Term::true_negative,
                           Term::false_negative, Term::positive, Term::predicted);

struct Counts {
  std::int64_t rows = 0, positive = 0, predicted = 0, both = 0;

  BAKEOFF_INLINE void add(const double* scores, const double* labels, int count, double threshold) {
    std::int64_t p = 0, q = 0, pq = 0;
    for (int l = 0; l < count; ++l) {
      const std::int64_t is = labels[l] != 0.0, said = scores[l] >= threshold;
      p += is;
      q += said;
      pq += is & said;
    }
    rows += count;
    positive += p;
    predicted += q;
    both += pq;
  }
  double of(Term term) const {
    const std::int64_t neither = rows - positive - predicted + both;
    switch (term) {
      case Term::correct:
        return static_cast<double>(both + neither);
      case Term::true_positive:
        return static_cast<double>(both);
      case Term::false_positive:
        return static_cast<double>(predicted - both);
      case Term::true_negative:
        return static_cast<double>(neither);
      case Term::false_negative:
        return static_cast<double>(positive - both);
      case Term::positive:
        return static_cast<double>(positive);
      case Term::predicted:
        return static_cast<double>(predicted);
      default:
        return static_cast<double>(rows);
    }
  }
};

// log_loss without weights: a lane's product of up to 8 probabilities, and the smallest of all.
struct Products {
  double lane[kLanes], product[kLanes], smallest[kLanes];
  int factors = 0;

  Products() {
    for (int l = 0; l < kLanes; ++l) lane[l] = 0, product[l] = smallest[l] = 1;
  }
  BAKEOFF_INLINE void add(const double* scores, const double* labels, int count, const MetricContext& context) {
    const MetricContext c = context;
    double* __restrict const p = product;
    double* __restrict const least = smallest;
    for (int l = 0; l < count; ++l) {
      const double probability = clipped_probability(scores[l], labels[l], c);
      p[l] *= probability;
      least[l] = probability < least[l] ? probability : least[l];
    }
    if (++factors == kProbabilitiesPerLog) take_logs();
  }
  BAKEOFF_INLINE void take_logs() {
    for (int l = 0; l < kLanes; ++l) {
      lane[l] += -math::log(product[l]);
      product[l] = 1;
    }
    factors = 0;
  }
  double largest() const {
    double least = 1;
    for (int l = 0; l < kLanes; ++l) least = smallest[l] < least ? smallest[l] : least;
    return -math::log(least);
  }
};

BAKEOFF_INLINE double halved(double* lane) {
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

template <class T>
BAKEOFF_INLINE void sums_of(const ChunkRows<T>& rows, TermSet terms, const MetricContext& context,
                            const ChunkSums& out) {
  const bool counts = !rows.weights && (terms.bits & kCounted.bits), logs = !rows.weights && terms.has(Term::log_loss);
  const TermSet summed = rows.weights ? terms : terms - kCounted - TermSet(Term::log_loss);
  double lanes[kTermCount][kLanes], peaks[kTermCount][kLanes], scores[kLanes];
  for (int t = 0; t < summed.count(); ++t)
    for (int l = 0; l < kLanes; ++l) lanes[t][l] = peaks[t][l] = 0;
  Counts counted;
  Products products;
  for (Index first = 0; first < rows.count; first += kLanes) {
    const int count = static_cast<int>(rows.count - first < kLanes ? rows.count - first : kLanes);
    const double *const labels = rows.labels + first, *const weights = rows.weights ? rows.weights + first : nullptr;
    load_scores(rows.scores + first * rows.stride, rows.stride, count, scores);
    if (counts) counted.add(scores, labels, count, context.threshold);
    if (logs) products.add(scores, labels, count, context);
    int t = 0;
    for (int kind = 0; kind < kTermCount; ++kind) {
      if (!summed.has(Term(kind))) continue;
      add_term(Term(kind), scores, labels, weights, count, context, lanes[t], peaks[t]);
      ++t;
    }
  }
  if (logs && products.factors > 0) products.take_logs();
  int t = 0, s = 0;
  for (int kind = 0; kind < kTermCount; ++kind) {
    if (!terms.has(Term(kind))) continue;
    double &sum = out.sums[t * out.step], &largest = out.largest[t++ * out.step];
    if (summed.has(Term(kind))) {
      sum = halved(lanes[s]);
      largest = 0;
      for (int l = 0; l < kLanes; ++l) largest = peaks[s][l] > largest ? peaks[s][l] : largest;
      ++s;
    } else if (Term(kind) == Term::log_loss) {
      sum = halved(products.lane);
      largest = products.largest();
    } else {
      sum = counted.of(Term(kind));
      largest = sum > 0 ? 1 : 0;
    }
  }
}

template <class T>
BAKEOFF_INLINE void terms_of(const ChunkRows<T>& rows, TermSet terms, const MetricContext& context,
                             const double* factors, double* out) {
  for_each_step(rows, terms, context, [&](int t, Index first, int count, const double* values) {
    double* to = out + t * kChunkRows + first;
    const double factor = factors[t];
    for (int l = 0; l < count; ++l) to[l] = math::round_to_integer(values[l] * factor);
  });
}

}  // namespace

void chunk_sums(const ChunkRows<float>& rows, TermSet terms, const MetricContext& context, const ChunkSums& out) {
  sums_of(rows, terms, context, out);
}
void chunk_sums(const ChunkRows<double>& rows, TermSet terms, const MetricContext& context, const ChunkSums& out) {
  sums_of(rows, terms, context, out);
}
void chunk_terms(const ChunkRows<float>& rows, TermSet terms, const MetricContext& context, const double* factors,
                 double* out) {
  terms_of(rows, terms, context, factors, out);
}
void chunk_terms(const ChunkRows<double>& rows, TermSet terms, const MetricContext& context, const double* factors,
                 double* out) {
  terms_of(rows, terms, context, factors, out);
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

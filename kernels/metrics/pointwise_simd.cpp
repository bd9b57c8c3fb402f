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
BAKEOFF_INLINE void weighted_terms(const double* scores, const double* labels, const double* weights, int count,
                                   const MetricContext& context, double* values) {
  const MetricContext c = context;  // a copy: the loop needn't ask whether `values` overwrites it
  if (weights)
    for (int l = 0; l < count; ++l) values[l] = weights[l] * term_value<kTerm>(scores[l], labels[l], c);
  else
    for (int l = 0; l < count; ++l) values[l] = term_value<kTerm>(scores[l], labels[l], c);
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
      with_term(Term(kind), [&]<Term kTerm>() {
        weighted_terms<kTerm>(step.scores, rows.labels + first, weights, count, context, step.values);
      });
      use(t++, first, count, step.values);
    }
  }
}

template <class T>
BAKEOFF_INLINE void sums_of(const ChunkRows<T>& rows, TermSet terms, const MetricContext& context,
                            const ChunkSums& out) {
  double lanes[kTermCount][kLanes], peaks[kTermCount][kLanes];
  const int term_count = terms.count();
  for (int t = 0; t < term_count; ++t)
    for (int l = 0; l < kLanes; ++l) lanes[t][l] = peaks[t][l] = 0;
  for_each_step(rows, terms, context, [&](int t, Index, int count, const double* values) {
    double* lane = lanes[t];
    double* peak = peaks[t];
    for (int l = 0; l < count; ++l) {
      const double size = values[l] < 0 ? -values[l] : values[l];
      lane[l] += values[l];
      peak[l] = size > peak[l] ? size : peak[l];
    }
  });
  for (int t = 0; t < term_count; ++t) {
    for (int half = kLanes / 2; half > 0; half /= 2)
      for (int l = 0; l < half; ++l) {
        lanes[t][l] += lanes[t][l + half];
        peaks[t][l] = peaks[t][l + half] > peaks[t][l] ? peaks[t][l + half] : peaks[t][l];
      }
    out.sums[t * out.step] = lanes[t][0];
    out.largest[t * out.step] = peaks[t][0];
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

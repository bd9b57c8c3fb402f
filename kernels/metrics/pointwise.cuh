#pragma once
#include "kernels/launch.h"
#include "kernels/metrics/pointwise.h"

namespace bakeoff::kernels {
namespace detail {

// One value for each term of a set, in registers: loops over it are unrolled, so that no index is a run-time one.
struct TermValues {
  double of[kTermCount];
};

// The halved sum (or maximum) of the block's lanes, for thread 0.
template <class Merge>
__device__ double halve_lanes(double* lanes, double mine, const Merge& merge) {
  const int lane = static_cast<int>(threadIdx.x);
  __syncthreads();  // the last call's answer has been read
  lanes[lane] = mine;
  for (int half = kLanes / 2; half > 0; half /= 2) {
    __syncthreads();
    if (lane < half) lanes[lane] = merge(lanes[lane], lanes[lane + half]);
  }
  return lanes[lane];
}

struct AddDoubles {
  __device__ double operator()(double a, double b) const { return a + b; }
};
struct LargerDouble {
  __device__ double operator()(double a, double b) const { return b > a ? b : a; }
};

// Grid {chunks, candidates}, kLanes threads: the lanes of order.h.
// kPossible: the terms that may be asked for.
template <class T, std::uint32_t kPossible>
static __global__ void pointwise_chunks_kernel(ScoredRows<T> rows, TermSet terms, MetricContext given,
                                               Index first_candidate, Index first_chunk, ChunkPartials out) {
  BAKEOFF_STATIC_SHARED(lanes, double[kLanes]);
  const Index chunk = blockIdx.x, m = first_candidate + blockIdx.y;
  const MetricContext context = given.for_candidate(m);
  const Index end = (chunk + 1) * kChunkRows < rows.rows() ? (chunk + 1) * kChunkRows : rows.rows();
  TermValues sums{}, largest{};
  const bool weighted = rows.weights.data != nullptr;
  double product = 1, smallest = 1;  // of log_loss without weights
  int factors = 0;
  for (Index row = chunk * kChunkRows + threadIdx.x; row < end; row += kLanes) {
    const double score = static_cast<double>(rows.scores(m, row)), label = rows.labels.data[row];
    for_each_term<kPossible>(terms, [&]<Term kTerm>() {
      if (kTerm == Term::log_loss && !weighted) {
        const double p = clipped_probability(score, label, context);
        product *= p;
        smallest = p < smallest ? p : smallest;
        if (++factors % kProbabilitiesPerLog == 0) {
          sums.of[int(kTerm)] += -math::log(product);
          product = 1;
        }
        return;
      }
      double value = term_value<kTerm>(score, label, context);
      if (weighted) value = rows.weights.data[row] * value;
      const double size = value < 0 ? -value : value;
      sums.of[int(kTerm)] += value;
      if (size > largest.of[int(kTerm)]) largest.of[int(kTerm)] = size;
    });
  }
  if (factors % kProbabilitiesPerLog != 0) sums.of[int(Term::log_loss)] += -math::log(product);
  const Index column = m * terms.count();
  for_each_term<kPossible>(terms, [&]<Term kTerm>() {
    const Index at = (column + terms.index(kTerm)) * out.chunks + first_chunk + chunk;
    const double sum = halve_lanes(lanes, sums.of[int(kTerm)], AddDoubles{});
    if (threadIdx.x == 0) out.sums[at] = sum;
    const bool of_products = kTerm == Term::log_loss && !weighted;
    const double peak = halve_lanes(lanes, of_products ? -smallest : largest.of[int(kTerm)], LargerDouble{});
    if (threadIdx.x == 0) out.largest[at] = of_products ? -math::log(-peak) : peak;
  });
}

template <class Merge>
__device__ double halve_chunks(double* states, Index n, const Merge& merge) {
  for (Index half = power_of_two_at_least(n) / 2; half > 0; half /= 2) {
    for (Index i = threadIdx.x; i < half && i + half < n; i += blockDim.x)
      states[i] = merge(states[i], states[i + half]);
    __syncthreads();
  }
  return n > 0 ? states[0] : 0.0;
}

// A block a column.
static __global__ void pointwise_totals_kernel(ChunkPartials partials, double* sums, double* largest) {
  const Index column = blockIdx.x;
  const double sum = halve_chunks(partials.sums + column * partials.chunks, partials.chunks, AddDoubles{});
  const double peak = halve_chunks(partials.largest + column * partials.chunks, partials.chunks, LargerDouble{});
  if (threadIdx.x == 0) {
    sums[column] = sum;
    largest[column] = peak;
  }
}

}  // namespace detail

template <class T>
void pointwise_partials(Stream stream, const ScoredRows<T>& rows, TermSet terms, const MetricContext& context,
                        Index first_chunk, const ChunkPartials& partials) {
  constexpr Index kMaxCandidates = 65535;  // of a grid's second dimension
  const Index chunks = chunk_count(rows.rows());
  for (Index first = 0; chunks > 0 && first < rows.candidates(); first += kMaxCandidates) {
    const Index left = rows.candidates() - first;
    const dim3 grid(static_cast<unsigned>(chunks),
                    static_cast<unsigned>(left < kMaxCandidates ? left : kMaxCandidates));
    const bool classes = (terms.bits & ~kClassTerms) == 0;
    launch(classes ? detail::pointwise_chunks_kernel<T, kClassTerms> : detail::pointwise_chunks_kernel<T, kAllTerms>,
           grid, dim3(kLanes), 0, stream, rows, terms, context, first, first_chunk, partials);
  }
}

void pointwise_totals(Stream stream, Index columns, const ChunkPartials& partials, double* sums, double* largest) {
  if (columns == 0) return;
  launch(detail::pointwise_totals_kernel, dim3(static_cast<unsigned>(columns)), dim3(kLanes), 0, stream, partials, sums,
         largest);
}

}  // namespace bakeoff::kernels

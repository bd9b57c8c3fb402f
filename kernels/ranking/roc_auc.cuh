#pragma once
#include <utility>

#include "kernels/launch.h"
#include "kernels/order.h"
#include "kernels/ranking/roc_auc.h"

namespace bakeoff::kernels {
namespace detail {

constexpr int kFoldThreads = 128;
// Ranks of a thread. Integers don't care; sample weights keep the one order of reduction.
constexpr Index kFoldRanks = 32;
template <class W>
constexpr Index kFoldChunk = std::is_floating_point_v<W> ? kChunkRows : kFoldRanks;
// States that a thread merges into one: a power of two, so that levels make up the one tree of neighbours.
constexpr Index kMergeStates = 32;

inline Index divide_up(Index a, Index b) { return (a + b - 1) / b; }
inline dim3 fold_grid(Index threads) { return dim3(static_cast<unsigned>(divide_up(threads, kFoldThreads))); }

template <class W>
static __global__ void fold_ranks_kernel(RankingView ranking, const W* weights, AucState<AucWeight<W>>* states) {
  const Index chunk = static_cast<Index>(blockIdx.x) * kFoldThreads + threadIdx.x, begin = chunk * kFoldChunk<W>;
  if (begin >= ranking.rows) return;
  const Index end = begin + kFoldChunk<W> < ranking.rows ? begin + kFoldChunk<W> : ranking.rows;
  AucFold<AucWeight<W>> fold;
  for (Index rank = begin; rank < end; ++rank) {
    const std::uint8_t flags = ranking.flags[rank];
    if (rank > begin && flags & kRankBeginsGroup) fold.close_group();
    fold.add(flags & kRankPositive, weights ? weights[ranking.row[rank]] : W{1});
  }
  states[chunk] = fold.state(!(ranking.flags[begin] & kRankBeginsGroup));
}

template <class T>
static __global__ void merge_states_kernel(AucState<T>* states, Index count, AucState<T>* out) {
  const Index i = static_cast<Index>(blockIdx.x) * kFoldThreads + threadIdx.x, begin = i * kMergeStates;
  if (begin >= count) return;
  merge_neighbours(states + begin, count - begin < kMergeStates ? count - begin : kMergeStates);
  out[i] = states[begin];
}

template <class T>
static __global__ void no_ranks_kernel(AucState<T>* out) {
  *out = AucState<T>{};
}

}  // namespace detail

std::size_t ranked_auc_scratch_bytes(Index rows) {
  const Index states = detail::divide_up(rows, detail::kFoldRanks);
  return sizeof(AucState<double>) * static_cast<std::size_t>(states + detail::divide_up(states, detail::kMergeStates));
}

template <class W>
void ranked_auc(Stream stream, const RankingView& ranking, const W* weights, AucState<AucWeight<W>>* out,
                void* scratch) {
  using namespace detail;
  using T = AucWeight<W>;
  if (ranking.rows == 0) return launch(no_ranks_kernel<T>, dim3(1), dim3(1), 0, stream, out);
  Index count = divide_up(ranking.rows, kFoldChunk<W>);
  auto* states = static_cast<AucState<T>*>(scratch);
  auto* merged = states + count;
  launch(fold_ranks_kernel<W>, fold_grid(count), dim3(kFoldThreads), 0, stream, ranking, weights, states);
  for (bool last = false; !last;) {
    const Index next = divide_up(count, kMergeStates);
    last = next == 1;
    launch(merge_states_kernel<T>, fold_grid(next), dim3(kFoldThreads), 0, stream, states, count, last ? out : merged);
    std::swap(states, merged);
    count = next;
  }
}

}  // namespace bakeoff::kernels

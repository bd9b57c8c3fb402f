// The exact weighted area under the ROC curve of one candidate.
#pragma once
#include <type_traits>

#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/ranking/auc_state.h"
#include "kernels/ranking/ranking.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

/// Bytes of scratch for all functions of this header on the CPU, aligned to 64.
std::size_t roc_auc_scratch_bytes(const Workers& workers, Index rows);

/// Every row weighs 1. Needs no ranking and is faster than one. The conditions are those of sort_scores.
template <class T>
AucState<std::uint64_t> roc_auc(const Workers& workers, TensorView<const T, 1> scores, const std::uint8_t* labels,
                                void* scratch);

/// The state of a ranking, which may be a shard of a longer one. `weights` (finite, >= 0) are by row, not by rank;
/// nullptr: 1 each. W is std::uint32_t (the answer is exact; total below 2^32) or double (sums of 4,096 ranks, merged
/// as neighbours: the same bits on any device, with any threads, for the same ranking).
template <class W>
using AucWeight = std::conditional_t<std::is_floating_point_v<W>, double, std::uint64_t>;
template <class W>
AucState<AucWeight<W>> ranked_auc(const Workers& workers, const RankingView& ranking, const W* weights, void* scratch);

/// The same on the GPU, where all pointers are: the state is written to `out`. Scratch is aligned to 64.
std::size_t ranked_auc_scratch_bytes(Index rows);
template <class W>
void ranked_auc(Stream stream, const RankingView& ranking, const W* weights, AucState<AucWeight<W>>* out,
                void* scratch);

}  // namespace bakeoff::kernels

// The order of a candidate's rows by score: an exact radix sort of packed keys.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/ranking/ranking.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

/// Bytes of scratch that sort_scores needs on the CPU, aligned to 64.
std::size_t sort_scores_scratch_bytes(const Workers& workers, Index rows);
/// The same on the GPU of the calling thread. Throws DeviceError where there is none.
/// On it all pointers of sort_scores are the device's, and it works in the order of `stream`.
std::size_t sort_scores_scratch_bytes(Stream stream, Index rows);

/// Ranks rows by (score, label, row). float64 scores are compared as float64. `labels` holds 0 or 1 a row; at most
/// kMaxRankedRows rows; no score is NaN. T is float or double. The same ranking on any device, with any threads.
template <class T>
void sort_scores(const Workers& workers, TensorView<const T, 1> scores, const std::uint8_t* labels, RankingOut out,
                 void* scratch);
template <class T>
void sort_scores(Stream stream, TensorView<const T, 1> scores, const std::uint8_t* labels, RankingOut out,
                 void* scratch);

/// The ranking of the rows whose `keep` is not 0, from the ranking of all of them: sort once, then take slices. Returns
/// its number of rows; `out` has room for ranking.rows.
Index select_ranks(const RankingView& ranking, const std::uint8_t* keep, RankingOut out);

}  // namespace bakeoff::kernels

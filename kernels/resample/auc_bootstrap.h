// AUC in all resamples of the shared Poisson bootstrap (weights.h), for many rankings at once.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/isa.h"
#include "kernels/launch.h"
#include "kernels/ranking/auc_state.h"
#include "kernels/ranking/ranking.h"
#include "kernels/resample/resample_units.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

/// Bytes of scratch for auc_bootstrap on the CPU, aligned to 64. Grows with rankings x resamples: call it for a batch
/// of rankings at a time.
std::size_t auc_bootstrap_scratch_bytes(const Workers& workers, const RankingView* rankings, Index count,
                                        const ResampleUnits& units, const Resamples& resamples);

/// out(m, b) = the state of ranking m under the weights of resample b, where a row counts as often as its unit is
/// drawn. `out` is count x resamples.count, contiguous. Rankings may be candidates, slices of them (their rows are then
/// fewer) or shards; all rows are below units.count, or below the length of units.of_row. Exact: the same bits with any
/// instruction set, any number of threads, any cut into shards, on any device.
void auc_bootstrap(const Workers& workers, const RankingView* rankings, Index count, const ResampleUnits& units,
                   const Resamples& resamples, TensorView<AucState<std::uint64_t>, 2> out, void* scratch,
                   Isa isa = best_isa());

/// On the GPU all pointers but `rankings` are the device's, those of the views and of `units` too. Scratch is aligned
/// to 64.
std::size_t auc_bootstrap_scratch_bytes(Stream stream, const RankingView* rankings, Index count,
                                        const ResampleUnits& units, const Resamples& resamples);
void auc_bootstrap(Stream stream, const RankingView* rankings, Index count, const ResampleUnits& units,
                   const Resamples& resamples, TensorView<AucState<std::uint64_t>, 2> out, void* scratch);

/// With sample weights: a row counts weight x draws. `weights` are by row, finite and >= 0. Sums of 4,096 ranks, merged
/// as neighbours: the same bits for the same ranking with any number of threads and on any device. Several times
/// slower.
std::size_t weighted_auc_bootstrap_scratch_bytes(Index rows);
void weighted_auc_bootstrap(const Workers& workers, const RankingView* rankings, Index count,
                            const ResampleUnits& units, const double* weights, const Resamples& resamples,
                            TensorView<AucState<double>, 2> out, void* scratch, Isa isa = best_isa());
std::size_t weighted_auc_bootstrap_scratch_bytes(Stream stream, const RankingView* rankings, Index count,
                                                 const ResampleUnits& units, const Resamples& resamples);
void weighted_auc_bootstrap(Stream stream, const RankingView* rankings, Index count, const ResampleUnits& units,
                            const double* weights, const Resamples& resamples, TensorView<AucState<double>, 2> out,
                            void* scratch);

}  // namespace bakeoff::kernels

// The curve functionals of ranking/curve.h in all resamples of the shared Poisson bootstrap (weights.h), for many
// rankings at once.
#pragma once
#include "kernels/ranking/curve.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff::kernels {

/// Bytes of scratch for curve_bootstrap on the CPU, aligned to 64.
std::size_t curve_bootstrap_scratch_bytes(const Workers& workers, const RankingView* rankings, Index count,
                                          const ResampleUnits& units, const Resamples& resamples);

/// out(q, m, b) = the state of query q over ranking m under the weights of resample b, where a row counts as often as
/// its unit is drawn, times its sample weight (`weights` by row, finite, >= 0; nullptr: 1 each). `out` is queries x
/// rankings x resamples, contiguous; at most kMaxCurves queries. Weights are drawn once for all queries. Without sample
/// weights prefix counts are exact; sums follow the order of curve.h, so that the bits are the same with any
/// instruction set, any number of threads and on any device, and shuffled rows with unit ids give them again.
void curve_bootstrap(const Workers& workers, const RankingView* rankings, Index count, const ResampleUnits& units,
                     const double* weights, const CurveQuery* queries, int query_count, const Resamples& resamples,
                     TensorView<CurveState, 3> out, void* scratch, Isa isa = best_isa());

/// On the GPU all pointers but `rankings` and `queries` are the device's. Scratch is aligned to 64.
std::size_t curve_bootstrap_scratch_bytes(Stream stream, const RankingView* rankings, Index count,
                                          const Resamples& resamples);
void curve_bootstrap(Stream stream, const RankingView* rankings, Index count, const ResampleUnits& units,
                     const double* weights, const CurveQuery* queries, int query_count, const Resamples& resamples,
                     TensorView<CurveState, 3> out, void* scratch);

}  // namespace bakeoff::kernels

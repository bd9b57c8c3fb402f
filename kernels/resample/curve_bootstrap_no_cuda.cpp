#include "kernels/no_cuda.h"
#include "kernels/resample/curve_bootstrap.h"

namespace bakeoff::kernels {

std::size_t curve_bootstrap_scratch_bytes(Stream, const RankingView*, Index, const Resamples&) { refuse("bootstrap"); }
void curve_bootstrap(Stream, const RankingView*, Index, const ResampleUnits&, const double*, const CurveQuery*, int,
                     const Resamples&, TensorView<CurveState, 3>, void*) {
  refuse("bootstrap");
}

}  // namespace bakeoff::kernels

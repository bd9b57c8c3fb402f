#include "kernels/no_cuda.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff::kernels {

std::size_t auc_bootstrap_scratch_bytes(Stream, const RankingView*, Index, const ResampleUnits&, const Resamples&) {
  refuse("bootstrap");
}
void auc_bootstrap(Stream, const RankingView*, Index, const ResampleUnits&, const Resamples&,
                   TensorView<AucState<std::uint64_t>, 2>, void*) {
  refuse("bootstrap");
}
std::size_t weighted_auc_bootstrap_scratch_bytes(Stream, const RankingView*, Index, const ResampleUnits&,
                                                 const Resamples&) {
  refuse("bootstrap");
}
void weighted_auc_bootstrap(Stream, const RankingView*, Index, const ResampleUnits&, const double*, const Resamples&,
                            TensorView<AucState<double>, 2>, void*) {
  refuse("bootstrap");
}

}  // namespace bakeoff::kernels

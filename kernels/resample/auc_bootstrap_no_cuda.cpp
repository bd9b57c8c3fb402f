#include "kernels/no_cuda.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff::kernels {

std::size_t auc_bootstrap_scratch_bytes(Stream, const RankingView*, Index, const ResampleUnits&, ResampleRange) {
  refuse("bootstrap");
}
void auc_bootstrap(Stream, const RankingView*, Index, const ResampleUnits&, RngKey, ResampleRange,
                   TensorView<AucState<std::uint64_t>, 2>, void*) {
  refuse("bootstrap");
}
std::size_t weighted_auc_bootstrap_scratch_bytes(Stream, const RankingView*, Index, const ResampleUnits&,
                                                 ResampleRange) {
  refuse("bootstrap");
}
void weighted_auc_bootstrap(Stream, const RankingView*, Index, const ResampleUnits&, const double*, RngKey,
                            ResampleRange, TensorView<AucState<double>, 2>, void*) {
  refuse("bootstrap");
}

}  // namespace bakeoff::kernels

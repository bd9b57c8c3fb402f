#include "kernels/no_cuda.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff::kernels {

std::size_t auc_bootstrap_scratch_bytes(Stream, const RankingView*, Index, const BootstrapUnits&, ResampleRange) {
  refuse("bootstrap");
}
void auc_bootstrap(Stream, const RankingView*, Index, const BootstrapUnits&, RngKey, ResampleRange,
                   TensorView<AucState<std::uint64_t>, 2>, void*) {
  refuse("bootstrap");
}
std::size_t weighted_auc_bootstrap_scratch_bytes(Stream, const RankingView*, Index, const BootstrapUnits&,
                                                 ResampleRange) {
  refuse("bootstrap");
}
void weighted_auc_bootstrap(Stream, const RankingView*, Index, const BootstrapUnits&, const double*, RngKey,
                            ResampleRange, TensorView<AucState<double>, 2>, void*) {
  refuse("bootstrap");
}

}  // namespace bakeoff::kernels

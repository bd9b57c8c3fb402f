#include "kernels/ranking/roc_auc.cuh"

namespace bakeoff::kernels {

template void ranked_auc(Stream, const RankingView&, const std::uint32_t*, AucState<std::uint64_t>*, void*);
template void ranked_auc(Stream, const RankingView&, const double*, AucState<double>*, void*);

}  // namespace bakeoff::kernels

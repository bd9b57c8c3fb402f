#include "kernels/no_cuda.h"
#include "kernels/ranking/curve.h"
#include "kernels/ranking/roc_auc.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff::kernels {

std::size_t sort_scores_scratch_bytes(Stream, Index) { refuse("ranking"); }
template <class T>
void sort_scores(Stream, TensorView<const T, 1>, const std::uint8_t*, RankingOut, void*) {
  refuse("ranking");
}
template void sort_scores(Stream, TensorView<const float, 1>, const std::uint8_t*, RankingOut, void*);
template void sort_scores(Stream, TensorView<const double, 1>, const std::uint8_t*, RankingOut, void*);

std::size_t ranked_auc_scratch_bytes(Index) { refuse("ranking"); }
template <class W>
void ranked_auc(Stream, const RankingView&, const W*, AucState<AucWeight<W>>*, void*) {
  refuse("ranking");
}
template void ranked_auc(Stream, const RankingView&, const std::uint32_t*, AucState<std::uint64_t>*, void*);
template void ranked_auc(Stream, const RankingView&, const double*, AucState<double>*, void*);

void curve_states(Stream, const RankingView&, const double*, const CurveQuery*, int, CurveState*, void*) {
  refuse("ranking");
}

}  // namespace bakeoff::kernels

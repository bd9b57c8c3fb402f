#include "kernels/slices/sliced_sums.cuh"

namespace bakeoff::kernels {

template void sliced_sums(Stream, const ScoredRows<float>&, const SliceRows*, Index, TermSet, const MetricContext*,
                          double*, double*, void*);
template void sliced_sums(Stream, const ScoredRows<double>&, const SliceRows*, Index, TermSet, const MetricContext*,
                          double*, double*, void*);

}  // namespace bakeoff::kernels

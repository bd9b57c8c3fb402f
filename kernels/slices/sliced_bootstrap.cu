#include "kernels/slices/sliced_bootstrap.cuh"

namespace bakeoff::kernels {

template void sliced_bootstrap(Stream, const ScoredRows<float>&, const SliceRows*, Index, const ResampleUnits&,
                               const Resamples&, TermSet, const MetricContext*, const int*, ExactSum*, void*);
template void sliced_bootstrap(Stream, const ScoredRows<double>&, const SliceRows*, Index, const ResampleUnits&,
                               const Resamples&, TermSet, const MetricContext*, const int*, ExactSum*, void*);

}  // namespace bakeoff::kernels

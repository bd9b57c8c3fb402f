#include "kernels/resample/pointwise_bootstrap.cuh"

namespace bakeoff::kernels {

template void pointwise_bootstrap(Stream, const ScoredRows<float>&, const ResampleUnits&, const Resamples&, TermSet,
                                  const MetricContext&, const int*, ExactSum*, void*);
template void pointwise_bootstrap(Stream, const ScoredRows<double>&, const ResampleUnits&, const Resamples&, TermSet,
                                  const MetricContext&, const int*, ExactSum*, void*);

}  // namespace bakeoff::kernels

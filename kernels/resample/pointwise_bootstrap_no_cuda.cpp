#include "kernels/no_cuda.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff::kernels {

std::size_t pointwise_bootstrap_scratch_bytes(Stream, Index, Index, TermSet, const ResampleUnits&) {
  refuse("bootstrap");
}

template <class T>
void pointwise_bootstrap(Stream, const ScoredRows<T>&, const ResampleUnits&, const Resamples&, TermSet,
                         const MetricContext&, const int*, ExactSum*, void*) {
  refuse("bootstrap");
}
template void pointwise_bootstrap(Stream, const ScoredRows<float>&, const ResampleUnits&, const Resamples&, TermSet,
                                  const MetricContext&, const int*, ExactSum*, void*);
template void pointwise_bootstrap(Stream, const ScoredRows<double>&, const ResampleUnits&, const Resamples&, TermSet,
                                  const MetricContext&, const int*, ExactSum*, void*);

}  // namespace bakeoff::kernels

#include "kernels/cuda_runtime.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff::kernels {
namespace {

[[noreturn]] void refuse() {
  throw DeviceError(DeviceFault::kNoDevice,
                    "bootstrap on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace

std::size_t pointwise_bootstrap_scratch_bytes(Stream, Index, Index, TermSet, const ResampleUnits&) { refuse(); }

template <class T>
void pointwise_bootstrap(Stream, const ScoredRows<T>&, const ResampleUnits&, const Resamples&, TermSet,
                         const MetricContext&, const int*, ExactSum*, void*) {
  refuse();
}
template void pointwise_bootstrap(Stream, const ScoredRows<float>&, const ResampleUnits&, const Resamples&, TermSet,
                                  const MetricContext&, const int*, ExactSum*, void*);
template void pointwise_bootstrap(Stream, const ScoredRows<double>&, const ResampleUnits&, const Resamples&, TermSet,
                                  const MetricContext&, const int*, ExactSum*, void*);

}  // namespace bakeoff::kernels

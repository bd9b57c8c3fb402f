#include "kernels/cuda_runtime.h"
#include "kernels/metrics/pointwise.h"

namespace bakeoff::kernels {

template <class T>
void pointwise_partials(Stream, const ScoredRows<T>&, TermSet, const MetricContext&, Index, const ChunkPartials&) {
  throw DeviceError(DeviceFault::kNoDevice, "metrics on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}
template void pointwise_partials(Stream, const ScoredRows<float>&, TermSet, const MetricContext&, Index,
                                 const ChunkPartials&);
template void pointwise_partials(Stream, const ScoredRows<double>&, TermSet, const MetricContext&, Index,
                                 const ChunkPartials&);

void pointwise_totals(Stream, Index, const ChunkPartials&, double*, double*) {
  throw DeviceError(DeviceFault::kNoDevice, "metrics on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace bakeoff::kernels

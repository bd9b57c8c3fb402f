#include "kernels/cuda_runtime.h"
#include "kernels/slices/sliced_bootstrap.h"
#include "kernels/slices/sliced_sums.h"

namespace bakeoff::kernels {
namespace {

[[noreturn]] void refuse() {
  throw DeviceError(DeviceFault::kNoDevice, "slices on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace

std::size_t sliced_sums_scratch_bytes(Stream, Index, TermSet, const SliceRows*, Index) { refuse(); }

template <class T>
void sliced_sums(Stream, const ScoredRows<T>&, const SliceRows*, Index, TermSet, const MetricContext*, double*, double*,
                 void*) {
  refuse();
}
template void sliced_sums(Stream, const ScoredRows<float>&, const SliceRows*, Index, TermSet, const MetricContext*,
                          double*, double*, void*);
template void sliced_sums(Stream, const ScoredRows<double>&, const SliceRows*, Index, TermSet, const MetricContext*,
                          double*, double*, void*);

std::size_t sliced_bootstrap_scratch_bytes(Stream, Index, TermSet, const SliceRows*, Index, int) { refuse(); }

template <class T>
void sliced_bootstrap(Stream, const ScoredRows<T>&, const SliceRows*, Index, const ResampleUnits&, const Resamples&,
                      TermSet, const MetricContext*, const int*, ExactSum*, void*) {
  refuse();
}
template void sliced_bootstrap(Stream, const ScoredRows<float>&, const SliceRows*, Index, const ResampleUnits&,
                               const Resamples&, TermSet, const MetricContext*, const int*, ExactSum*, void*);
template void sliced_bootstrap(Stream, const ScoredRows<double>&, const SliceRows*, Index, const ResampleUnits&,
                               const Resamples&, TermSet, const MetricContext*, const int*, ExactSum*, void*);

}  // namespace bakeoff::kernels

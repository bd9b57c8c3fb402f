#include "kernels/no_cuda.h"
#include "kernels/slices/sliced_bootstrap.h"
#include "kernels/slices/sliced_sums.h"

namespace bakeoff::kernels {

std::size_t sliced_sums_scratch_bytes(Stream, Index, TermSet, const SliceRows*, Index) { refuse("slices"); }

template <class T>
void sliced_sums(Stream, const ScoredRows<T>&, const SliceRows*, Index, TermSet, const MetricContext*, double*, double*,
                 void*) {
  refuse("slices");
}
template void sliced_sums(Stream, const ScoredRows<float>&, const SliceRows*, Index, TermSet, const MetricContext*,
                          double*, double*, void*);
template void sliced_sums(Stream, const ScoredRows<double>&, const SliceRows*, Index, TermSet, const MetricContext*,
                          double*, double*, void*);

std::size_t sliced_bootstrap_scratch_bytes(Stream, Index, TermSet, const SliceRows*, Index, int) { refuse("slices"); }

template <class T>
void sliced_bootstrap(Stream, const ScoredRows<T>&, const SliceRows*, Index, const ResampleUnits&, const Resamples&,
                      TermSet, const MetricContext*, const int*, ExactSum*, void*) {
  refuse("slices");
}
template void sliced_bootstrap(Stream, const ScoredRows<float>&, const SliceRows*, Index, const ResampleUnits&,
                               const Resamples&, TermSet, const MetricContext*, const int*, ExactSum*, void*);
template void sliced_bootstrap(Stream, const ScoredRows<double>&, const SliceRows*, Index, const ResampleUnits&,
                               const Resamples&, TermSet, const MetricContext*, const int*, ExactSum*, void*);

}  // namespace bakeoff::kernels

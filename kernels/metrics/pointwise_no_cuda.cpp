#include "kernels/metrics/pointwise.h"
#include "kernels/no_cuda.h"

namespace bakeoff::kernels {

template <class T>
void pointwise_partials(Stream, const ScoredRows<T>&, TermSet, const MetricContext&, Index, const ChunkPartials&) {
  refuse("metrics");
}
template void pointwise_partials(Stream, const ScoredRows<float>&, TermSet, const MetricContext&, Index,
                                 const ChunkPartials&);
template void pointwise_partials(Stream, const ScoredRows<double>&, TermSet, const MetricContext&, Index,
                                 const ChunkPartials&);

void pointwise_totals(Stream, Index, const ChunkPartials&, double*, double*) { refuse("metrics"); }

}  // namespace bakeoff::kernels

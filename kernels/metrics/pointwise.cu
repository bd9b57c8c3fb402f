#include "kernels/metrics/pointwise.cuh"

namespace bakeoff::kernels {

template void pointwise_partials(Stream, const ScoredRows<float>&, TermSet, const MetricContext&, Index,
                                 const ChunkPartials&);
template void pointwise_partials(Stream, const ScoredRows<double>&, TermSet, const MetricContext&, Index,
                                 const ChunkPartials&);

}  // namespace bakeoff::kernels

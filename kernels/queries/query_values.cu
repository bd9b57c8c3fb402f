#include "kernels/queries/query_values.cuh"

namespace bakeoff::kernels {

template void query_values(Stream, const JudgedQueries&, const QueryScores<float>&, const QueryPass&, double*, void*);
template void query_values(Stream, const JudgedQueries&, const QueryScores<double>&, const QueryPass&, double*, void*);

}  // namespace bakeoff::kernels

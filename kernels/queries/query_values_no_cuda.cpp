#include "kernels/no_cuda.h"
#include "kernels/queries/query_values.h"

namespace bakeoff::kernels {

std::size_t query_values_scratch_bytes(Stream, const JudgedQueries&) { refuse("ranking"); }
template <class T>
void query_values(Stream, const JudgedQueries&, const QueryScores<T>&, const QueryPass&, double*, void*) {
  refuse("ranking");
}
template void query_values(Stream, const JudgedQueries&, const QueryScores<float>&, const QueryPass&, double*, void*);
template void query_values(Stream, const JudgedQueries&, const QueryScores<double>&, const QueryPass&, double*, void*);

}  // namespace bakeoff::kernels

#include "kernels/multiclass/class_rows.h"

namespace bakeoff::kernels {

template <class T>
void class_rows(const Workers& workers, const ClassScores<T>& in, const ClassRowsOut<T>& out) {
  workers.for_each(chunk_count(in.rows()), [&](Index chunk) {
    const Index end = (chunk + 1) * kChunkRows < in.rows() ? (chunk + 1) * kChunkRows : in.rows();
    for (Index row = chunk * kChunkRows; row < end; ++row) class_row(in, row, out);
  });
}

template void class_rows(const Workers&, const ClassScores<float>&, const ClassRowsOut<float>&);
template void class_rows(const Workers&, const ClassScores<double>&, const ClassRowsOut<double>&);

}  // namespace bakeoff::kernels

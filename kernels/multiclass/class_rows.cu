#include "kernels/multiclass/class_rows.cuh"

namespace bakeoff::kernels {

template void class_rows(Stream, const ClassScores<float>&, const ClassRowsOut<float>&);
template void class_rows(Stream, const ClassScores<double>&, const ClassRowsOut<double>&);

}  // namespace bakeoff::kernels

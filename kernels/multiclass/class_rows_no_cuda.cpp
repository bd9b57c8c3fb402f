#include "kernels/cuda_runtime.h"
#include "kernels/multiclass/class_rows.h"

namespace bakeoff::kernels {

template <class T>
void class_rows(Stream, const ClassScores<T>&, const ClassRowsOut<T>&) {
  throw DeviceError(DeviceFault::kNoDevice, "metrics on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}
template void class_rows(Stream, const ClassScores<float>&, const ClassRowsOut<float>&);
template void class_rows(Stream, const ClassScores<double>&, const ClassRowsOut<double>&);

}  // namespace bakeoff::kernels

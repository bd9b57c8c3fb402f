#include "kernels/no_cuda.h"
#include "kernels/resample/code_bootstrap.h"

namespace bakeoff::kernels {

void code_bootstrap(Stream, const CodedRows&, const ResampleUnits&, const Resamples&, int, ExactSum*) {
  refuse("bootstrap");
}

}  // namespace bakeoff::kernels

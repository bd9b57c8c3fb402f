#include "kernels/cuda_runtime.h"
#include "kernels/drift/bin_counts.h"
#include "kernels/drift/mmd.h"
#include "kernels/drift/sort_values.h"
#include "kernels/drift/two_sample.h"

namespace bakeoff::kernels {
namespace {

[[noreturn]] void refuse() {
  throw DeviceError(DeviceFault::kNoDevice, "drift on the GPU: " + why_no_cuda() + "; run on the CPU (device: cpu)");
}

}  // namespace

void mmd_sums(Stream, const MmdRows&, MmdSums*, void*) { refuse(); }
void two_sample(Stream, const SortedPair&, TwoSample*, void*) { refuse(); }
void bin_counts(Stream, TensorView<const double, 1>, const BinEdges&, std::uint64_t*) { refuse(); }
std::size_t sort_values_scratch_bytes(Stream, Index) { refuse(); }
void sort_values(Stream, TensorView<const double, 1>, double*, Index*, void*) { refuse(); }

}  // namespace bakeoff::kernels

#include "kernels/no_cuda.h"
#include "kernels/drift/bin_counts.h"
#include "kernels/drift/mmd.h"
#include "kernels/drift/sort_values.h"
#include "kernels/drift/two_sample.h"

namespace bakeoff::kernels {

void mmd_sums(Stream, const MmdRows&, MmdSums*, void*) { refuse("drift"); }
void two_sample(Stream, const SortedPair&, TwoSample*, void*) { refuse("drift"); }
void bin_counts(Stream, TensorView<const double, 1>, const BinEdges&, std::uint64_t*) { refuse("drift"); }
std::size_t sort_values_scratch_bytes(Stream, Index) { refuse("drift"); }
void sort_values(Stream, TensorView<const double, 1>, double*, Index*, void*) { refuse("drift"); }

}  // namespace bakeoff::kernels

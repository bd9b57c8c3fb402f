#include "kernels/linear/gram.h"
#include "kernels/no_cuda.h"

namespace bakeoff::kernels {

std::size_t gram_device_scratch_bytes(const RowsView&, const GramSegment*, int) { refuse("training"); }
void gram(Stream, const RowsView&, const Index*, const GramSegment*, int, double, double*, void*) {
  refuse("training");
}

}  // namespace bakeoff::kernels

#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {

void fill_weights(const WeightTile& tile, std::uint8_t* out, Isa isa) { BAKEOFF_FOR_ISA(isa, fill_weights(tile, out)); }

}  // namespace bakeoff::kernels

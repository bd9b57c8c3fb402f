// Tiles of Poisson weights on the CPU: the law of weights.h, some 30 draws an instruction stream.
#pragma once
#include "kernels/isa.h"
#include "kernels/resample/weights.h"

namespace bakeoff::kernels {

// Which units, and which resamples: resamples 8 * first_group ... 8 * (first_group + groups) - 1.
struct WeightTile {
  RngKey key;
  const std::int64_t* units = nullptr;  // `count` of them; nullptr: first_unit, first_unit + 1, ...
  std::int64_t first_unit = 0;
  Index count = 0;
  std::uint32_t first_group = 0;
  int groups = 0;

  int resamples() const { return groups * kResamplesPerBlock; }
};

/// Writes weight (i, r) of the tile to out[i * tile.resamples() + r]; `out` holds count * resamples() bytes. Fastest
/// where `groups` is a multiple of 8 (of 64 resamples). The same bytes with every instruction set.
void fill_weights(const WeightTile& tile, std::uint8_t* out, Isa isa = best_isa());

// Compiled once for each instruction set, for fill_weights alone. vector_bytes: of the vectors it was compiled for.
namespace v2 {
void fill_weights(const WeightTile& tile, std::uint8_t* out);
int vector_bytes();
}  // namespace v2
namespace v3 {
void fill_weights(const WeightTile& tile, std::uint8_t* out);
int vector_bytes();
}  // namespace v3
namespace v4 {
void fill_weights(const WeightTile& tile, std::uint8_t* out);
int vector_bytes();
}  // namespace v4

}  // namespace bakeoff::kernels

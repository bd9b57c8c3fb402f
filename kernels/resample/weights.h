// The weight law of the bootstrap that everything shares: how often a unit is drawn in a resample. A pure function of
// seed, unit and resample, so candidates are paired, shards and devices agree, and nothing is stored.
#pragma once
#include "kernels/philox.h"

namespace bakeoff::kernels {

// 128 bits hold the weights of 8 resamples of one unit.
inline constexpr int kResamplesPerBlock = 8;
// The largest weight: what the exactness of replicate sums rests on.
inline constexpr int kMaxWeight = 8;

// Poisson(1) to 16 bits: the first draw whose weight is k + 1, k in 0..7. The mean is exactly 1.
BAKEOFF_HD BAKEOFF_INLINE constexpr int poisson_threshold(int k) {
  constexpr int kFirst[kMaxWeight] = {24109, 48219, 60273, 64292, 65296, 65497, 65531, 65535};
  return kFirst[k];
}

BAKEOFF_HD BAKEOFF_INLINE constexpr int poisson_weight(std::uint16_t draw) {
  int weight = 0;
  for (int k = 0; k < kMaxWeight; ++k) weight += draw >= poisson_threshold(k);
  return weight;
}

/// The 128 bits of resamples 8 * group ... 8 * group + 7 of a unit.
BAKEOFF_HD BAKEOFF_INLINE constexpr Counter weight_block(RngKey key, std::int64_t unit, std::uint32_t group) {
  const auto bits = static_cast<std::uint64_t>(unit);
  return philox(key, {{static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32), group,
                       static_cast<std::uint32_t>(Stream4::bootstrap)}});
}

/// The weight of resample 8 * group + field, field in 0..7, from that group's block: low half of each word first.
BAKEOFF_HD BAKEOFF_INLINE constexpr int weight_of_field(const Counter& block, int field) {
  return poisson_weight(static_cast<std::uint16_t>(block.word[field >> 1] >> (16 * (field & 1))));
}

/// All eight weights of a block, one a byte, field 0 lowest.
BAKEOFF_HD BAKEOFF_INLINE constexpr std::uint64_t packed_weights(const Counter& block) {
  std::uint64_t packed = 0;
  for (int field = 0; field < kResamplesPerBlock; ++field)
    packed |= static_cast<std::uint64_t>(weight_of_field(block, field)) << (8 * field);
  return packed;
}

/// The weight of a unit in a resample: the definition. Loops take a whole block, or weights_simd.h, at once.
BAKEOFF_HD BAKEOFF_INLINE constexpr int unit_weight(RngKey key, std::int64_t unit, std::uint32_t resample) {
  return weight_of_field(weight_block(key, unit, resample / kResamplesPerBlock),
                         static_cast<int>(resample % kResamplesPerBlock));
}

}  // namespace bakeoff::kernels

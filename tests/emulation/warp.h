// Barriers, shuffles, votes and warp reductions.
#pragma once

#include <cstdint>
#include <cstring>
#include <source_location>
#include <type_traits>

#include "emulation/runtime.h"

#define BAKEOFF_EMULATION_SITE const std::source_location &site = std::source_location::current()

namespace bakeoff::emulation {

template <class T>
std::uint64_t to_bits(T value) {
  static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8, "CUDA's shuffles take arithmetic types of 32 or 64 bits");
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

template <class T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <class T>
T shuffle(unsigned mask, T value, int source, const std::source_location& site) {
  return from_bits<T>(collective(Collective::kShuffle, mask, to_bits(value), source, site));
}

inline unsigned reduce(Collective op, unsigned mask, std::uint64_t value, const std::source_location& site) {
  return static_cast<unsigned>(collective(op, mask, value, 0, site));
}

inline int lane() { return static_cast<int>(current_lane()); }

}  // namespace bakeoff::emulation

inline void __syncthreads(BAKEOFF_EMULATION_SITE) { bakeoff::emulation::barrier(false, site); }
inline int __syncthreads_or(int predicate, BAKEOFF_EMULATION_SITE) {
  return bakeoff::emulation::barrier(predicate != 0, site).any;
}
inline int __syncthreads_and(int predicate, BAKEOFF_EMULATION_SITE) {
  return bakeoff::emulation::barrier(predicate != 0, site).all;
}
inline int __syncthreads_count(int predicate, BAKEOFF_EMULATION_SITE) {
  return bakeoff::emulation::barrier(predicate != 0, site).count;
}
inline void __syncwarp(unsigned mask = 0xffffffffu, BAKEOFF_EMULATION_SITE) {
  bakeoff::emulation::collective(bakeoff::emulation::Collective::kSync, mask, 0, 0, site);
}

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32, BAKEOFF_EMULATION_SITE) {
  const int lane = bakeoff::emulation::lane();
  return bakeoff::emulation::shuffle(mask, value, (lane & ~(width - 1)) | (source & (width - 1)), site);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, BAKEOFF_EMULATION_SITE) {
  const int lane = bakeoff::emulation::lane();
  const int source = lane - static_cast<int>(delta);
  return bakeoff::emulation::shuffle(mask, value, source < (lane & ~(width - 1)) ? -1 : source, site);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, BAKEOFF_EMULATION_SITE) {
  const int lane = bakeoff::emulation::lane();
  const int source = lane + static_cast<int>(delta);
  return bakeoff::emulation::shuffle(mask, value, source > (lane | (width - 1)) ? -1 : source, site);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32, BAKEOFF_EMULATION_SITE) {
  const int lane = bakeoff::emulation::lane();
  const int source = lane ^ lane_mask;
  return bakeoff::emulation::shuffle(mask, value, source > (lane | (width - 1)) ? -1 : source, site);
}

inline unsigned __ballot_sync(unsigned mask, int predicate, BAKEOFF_EMULATION_SITE) {
  return bakeoff::emulation::reduce(bakeoff::emulation::Collective::kBallot, mask, predicate != 0, site);
}
inline int __any_sync(unsigned mask, int predicate, BAKEOFF_EMULATION_SITE) {
  return __ballot_sync(mask, predicate, site) != 0;
}
inline int __all_sync(unsigned mask, int predicate, BAKEOFF_EMULATION_SITE) {
  return __ballot_sync(mask, predicate == 0, site) == 0;
}
/// The least that hardware may answer: nothing promises that the other lanes are still together.
inline unsigned __activemask() { return 1u << bakeoff::emulation::lane(); }
template <class T>
unsigned __match_any_sync(unsigned mask, T value, BAKEOFF_EMULATION_SITE) {
  return bakeoff::emulation::reduce(bakeoff::emulation::Collective::kMatch, mask, bakeoff::emulation::to_bits(value),
                                    site);
}
inline unsigned __reduce_add_sync(unsigned mask, unsigned value, BAKEOFF_EMULATION_SITE) {
  return bakeoff::emulation::reduce(bakeoff::emulation::Collective::kAdd, mask, value, site);
}
inline unsigned __reduce_min_sync(unsigned mask, unsigned value, BAKEOFF_EMULATION_SITE) {
  return bakeoff::emulation::reduce(bakeoff::emulation::Collective::kMin, mask, value, site);
}
inline unsigned __reduce_max_sync(unsigned mask, unsigned value, BAKEOFF_EMULATION_SITE) {
  return bakeoff::emulation::reduce(bakeoff::emulation::Collective::kMax, mask, value, site);
}

#undef BAKEOFF_EMULATION_SITE

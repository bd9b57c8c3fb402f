// How many keys are larger than each of a few others: the inner loop of counting, without a sort of the documents.
#pragma once
#include "kernels/isa.h"

namespace bakeoff::kernels {

// Keys are scanned in tiles of a multiple of this; what fills the last one up is 0, which no score has as its key.
inline constexpr Index kScanStep = 64;
inline constexpr Index kScanTile = 1024;

#define BAKEOFF_SCAN_KEYS(Key)                                                                        \
  /* Adds to above[i] the number of keys > of[i], and to equal[i] those equal to it; `count` keys. */ \
  void scan_keys(const Key* keys, Index count, const Key* of, Index of_count, std::uint32_t* above,   \
                 std::uint32_t* equal);
namespace v2 {
BAKEOFF_SCAN_KEYS(std::uint32_t)
BAKEOFF_SCAN_KEYS(std::uint64_t)
}  // namespace v2
namespace v3 {
BAKEOFF_SCAN_KEYS(std::uint32_t)
BAKEOFF_SCAN_KEYS(std::uint64_t)
}  // namespace v3
namespace v4 {
BAKEOFF_SCAN_KEYS(std::uint32_t)
BAKEOFF_SCAN_KEYS(std::uint64_t)
}  // namespace v4
#undef BAKEOFF_SCAN_KEYS

template <class Key>
void scan_keys(const Key* keys, Index count, const Key* of, Index of_count, std::uint32_t* above, std::uint32_t* equal,
               Isa isa) {
  BAKEOFF_FOR_ISA(isa, scan_keys(keys, count, of, of_count, above, equal));
}

}  // namespace bakeoff::kernels

// g++ 12 makes vectors of a loop of unknown length at -O3 only.
#pragma GCC optimize("O3")
#include "kernels/queries/scan_keys.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

template <class Key>
BAKEOFF_INLINE void scan(const Key* keys, Index count, const Key* of, Index of_count, std::uint32_t* above,
                         std::uint32_t* equal) {
  for (Index i = 0; i < of_count; ++i) {
    const Key key = of[i];
    Key larger = 0, same = 0;
    for (Index first = 0; first < count; first += kScanStep)
      for (Index k = 0; k < kScanStep; ++k) {
        larger += keys[first + k] > key;
        same += keys[first + k] == key;
      }
    above[i] += static_cast<std::uint32_t>(larger);
    equal[i] += static_cast<std::uint32_t>(same);
  }
}

}  // namespace

void scan_keys(const std::uint32_t* keys, Index count, const std::uint32_t* of, Index of_count, std::uint32_t* above,
               std::uint32_t* equal) {
  scan(keys, count, of, of_count, above, equal);
}
void scan_keys(const std::uint64_t* keys, Index count, const std::uint64_t* of, Index of_count, std::uint32_t* above,
               std::uint32_t* equal) {
  scan(keys, count, of, of_count, above, equal);
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

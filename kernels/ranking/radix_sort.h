// A stable radix sort of unsigned integers on the CPU, lowest digit first: the same answer for any number of threads.
#pragma once
#include <algorithm>

#include "kernels/execute_tbb.h"

namespace bakeoff::kernels {

// 1e6 keys of 31 bits, one thread, Zen 3 with neighbours: 3 passes of 11 bits 12.7 ms, 4 of 8 bits 16.3, 5 of 7
// bits 22.2; of 33 bits 17.2, 24.4 (5 of 8) and 26.4.
inline constexpr int kRadixBits = 11;
inline constexpr Index kRadixBuckets = Index{1} << kRadixBits;
// Below this a block of its own costs more than it brings.
inline constexpr Index kRadixBlockRows = 16384;
inline constexpr Index kRadixMaxBlocks = 64;

inline Index radix_blocks(Index n, int threads) {
  return std::clamp<Index>(n / kRadixBlockRows, 1, std::min<Index>(threads, kRadixMaxBlocks));
}
/// Elements of the `counts` that radix_sort works with.
inline Index radix_counts(Index n, int threads) { return radix_blocks(n, threads) * kRadixBuckets; }

namespace detail {

inline Index block_begin(Index n, Index blocks, Index block) {
  return n / blocks * block + std::min(block, n % blocks);
}

// Turns counts[block][bucket] into the place of each block's first key of each bucket. True if all keys are in one
// bucket.
inline bool place_buckets(std::uint32_t* counts, Index blocks, Index buckets, Index n) {
  std::uint32_t next = 0;
  for (Index bucket = 0; bucket < buckets; ++bucket) {
    const std::uint32_t first = next;
    for (Index block = 0; block < blocks; ++block) {
      std::uint32_t& count = counts[block * kRadixBuckets + bucket];
      const std::uint32_t here = count;
      count = next;
      next += here;
    }
    if (static_cast<Index>(next - first) == n) return true;
  }
  return false;
}

}  // namespace detail

/// Sorts keys[0, n) by bits [first_bit, last_bit), equal ones in the order they came in; n at most 2^31. `spare` holds
/// n keys, `counts` radix_counts(n, threads). Returns where the sorted keys are: `keys` or `spare`.
template <class Key>
Key* radix_sort(const Workers& workers, Key* keys, Key* spare, Index n, int first_bit, int last_bit,
                std::uint32_t* counts) {
  const int bits = last_bit - first_bit;
  const int passes = (bits + kRadixBits - 1) / kRadixBits;
  const Index blocks = radix_blocks(n, workers.threads());
  for (int pass = 0; pass < passes; ++pass) {
    const int shift = first_bit + bits * pass / passes;
    const int width = first_bit + bits * (pass + 1) / passes - shift;
    const Index buckets = Index{1} << width;
    const Key mask = static_cast<Key>(buckets - 1);
    workers.for_each(blocks, [&](Index block) {
      std::uint32_t* const count = counts + block * kRadixBuckets;
      std::fill(count, count + buckets, 0u);
      const Index end = detail::block_begin(n, blocks, block + 1);
      for (Index i = detail::block_begin(n, blocks, block); i < end; ++i) ++count[(keys[i] >> shift) & mask];
    });
    if (detail::place_buckets(counts, blocks, buckets, n)) continue;
    workers.for_each(blocks, [&](Index block) {
      std::uint32_t* const place = counts + block * kRadixBuckets;
      const Index end = detail::block_begin(n, blocks, block + 1);
      for (Index i = detail::block_begin(n, blocks, block); i < end; ++i)
        spare[place[(keys[i] >> shift) & mask]++] = keys[i];
    });
    std::swap(keys, spare);
  }
  return keys;
}

}  // namespace bakeoff::kernels

// Where the keys of some scores differ: what is constant in all of them need not be sorted.
#pragma once
#include <bit>

#include "kernels/execute_tbb.h"
#include "kernels/ranking/radix_sort.h"
#include "kernels/ranking/score_key.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

// Keys less their minimum and without their constant low bits: in the same order, in `bits` bits. Scores in [0, 1] need
// 30 bits in float32; those that were float32 once need no more in float64.
struct KeySpan {
  std::uint64_t low = ~std::uint64_t{0};
  std::uint64_t high = 0;
  std::uint64_t differing = 0;  // bits in which any key differs from the first
  int shift = 0;
  int bits = 0;

  template <class T>
  std::uint64_t compress(T score) const {
    return (score_key(score) - low) >> shift;
  }
};

template <class T>
KeySpan key_span(const Workers& workers, TensorView<const T, 1> scores) {
  const Index n = scores.extent(0), blocks = radix_blocks(n, workers.threads());
  KeySpan part[kRadixMaxBlocks];
  workers.for_each(blocks, [&](Index block) {
    KeySpan span;
    const std::uint64_t first = score_key(scores.data[0]);
    const Index end = detail::block_begin(n, blocks, block + 1);
    for (Index i = detail::block_begin(n, blocks, block); i < end; ++i) {
      const std::uint64_t key = score_key(scores.data[i * scores.strides[0]]);
      span.low = key < span.low ? key : span.low;
      span.high = key > span.high ? key : span.high;
      span.differing |= key ^ first;
    }
    part[block] = span;
  });
  KeySpan all;
  for (Index block = 0; block < blocks; ++block) {
    all.low = std::min(all.low, part[block].low);
    all.high = std::max(all.high, part[block].high);
    all.differing |= part[block].differing;
  }
  if (all.differing == 0) return all;
  all.shift = std::countr_zero(all.differing);
  all.bits = std::bit_width((all.high - all.low) >> all.shift);
  return all;
}

}  // namespace bakeoff::kernels

#include "kernels/drift/sort_values.h"

#include <bit>

#include "kernels/ranking/radix_sort.h"
#include "kernels/ranking/score_key.h"

namespace bakeoff::kernels {
namespace {

// Below this std::sort is faster than clearing and adding up the buckets.
constexpr Index kRadixRows = 512;
// Three passes. 52 bits of mantissa seldom matter: what shares the leading 33 that differ at all is few and neighbours.
constexpr int kSortedBits = 3 * kRadixBits;

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

struct KeyBlock {
  Index count = 0;
  std::uint64_t first = 0, differing = 0;
};

KeyBlock make_keys(TensorView<const double, 1> values, Index begin, Index end, std::uint64_t* to) {
  KeyBlock block;
  std::uint64_t all_or = 0, all_and = ~std::uint64_t{0};
  for (Index i = begin; i < end; ++i) {
    const double value = values.data[i * values.strides[0]];
    const std::uint64_t key = score_key(value);
    if (value != value) continue;
    to[block.count++] = key;
    all_or |= key;
    all_and &= key;
  }
  block.first = block.count > 0 ? to[0] : 0;
  block.differing = block.count > 0 ? all_or ^ all_and : 0;
  return block;
}

// Keys that share the bits that were sorted by are neighbours; their other bits are not in order yet.
void finish_runs(std::uint64_t* keys, Index n, int shift, const Workers& workers) {
  const Index blocks = radix_blocks(n, workers.threads());
  const auto run_begin = [&](Index i) {
    while (i > 0 && i < n && keys[i] >> shift == keys[i - 1] >> shift) ++i;
    return i;
  };
  Index begins[kRadixMaxBlocks + 1];
  for (Index block = 0; block <= blocks; ++block) begins[block] = run_begin(detail::block_begin(n, blocks, block));
  workers.for_each(blocks, [&](Index block) {
    for (Index i = begins[block]; i < begins[block + 1];) {
      Index end = i + 1;
      while (end < begins[block + 1] && keys[end] >> shift == keys[i] >> shift) ++end;
      if (end - i > 1) std::sort(keys + i, keys + end);
      i = end;
    }
  });
}

std::uint64_t* sort_keys(const Workers& workers, std::uint64_t* keys, std::uint64_t* spare, Index n,
                         std::uint64_t differing, std::uint32_t* counts) {
  if (differing == 0) return keys;
  if (n < kRadixRows) {
    std::sort(keys, keys + n);
    return keys;
  }
  const int low = std::countr_zero(differing), high = std::bit_width(differing);
  const int first = std::max(low, high - kSortedBits);
  std::uint64_t* const sorted = radix_sort(workers, keys, spare, n, first, high, counts);
  if (first > low) finish_runs(sorted, n, first, workers);
  return sorted;
}

}  // namespace

std::size_t sort_values_scratch_bytes(const Workers& workers, Index rows) {
  return 2 * aligned(sizeof(std::uint64_t) * static_cast<std::size_t>(rows)) +
         aligned(sizeof(std::uint32_t) * static_cast<std::size_t>(radix_counts(rows, workers.threads())));
}

Index sort_values(const Workers& workers, TensorView<const double, 1> values, double* out, void* scratch) {
  const Index rows = values.extent(0), blocks = radix_blocks(rows, workers.threads());
  const std::size_t bytes = aligned(sizeof(std::uint64_t) * static_cast<std::size_t>(rows));
  auto* const keys = static_cast<std::uint64_t*>(scratch);
  auto* const spare = reinterpret_cast<std::uint64_t*>(static_cast<char*>(scratch) + bytes);
  auto* const counts = reinterpret_cast<std::uint32_t*>(static_cast<char*>(scratch) + 2 * bytes);
  KeyBlock parts[kRadixMaxBlocks];
  workers.for_each(blocks, [&](Index block) {
    const Index begin = detail::block_begin(rows, blocks, block);
    parts[block] = make_keys(values, begin, detail::block_begin(rows, blocks, block + 1), keys + begin);
  });
  Index n = 0;
  std::uint64_t differing = 0;
  for (Index block = 0; block < blocks; ++block) {
    const KeyBlock& part = parts[block];
    if (part.count == 0) continue;
    std::uint64_t* const from = keys + detail::block_begin(rows, blocks, block);
    if (from != keys + n) std::copy(from, from + part.count, keys + n);  // to the front: gaps of missing values close
    differing |= part.differing | (part.first ^ keys[0]);
    n += part.count;
  }
  const std::uint64_t* const sorted = sort_keys(workers, keys, spare, n, differing, counts);
  const Index shares = radix_blocks(n, workers.threads());
  workers.for_each(shares, [&](Index share) {
    const Index end = detail::block_begin(n, shares, share + 1);
    for (Index i = detail::block_begin(n, shares, share); i < end; ++i) out[i] = key_score(sorted[i]);
  });
  return n;
}

}  // namespace bakeoff::kernels

#pragma once
#include "kernels/launch.h"
#include "kernels/ranking/score_key.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff::kernels {
namespace detail {

constexpr int kSortThreads = 256;
// Of a row's tag: the label above 31 bits of the row.
constexpr int kTagBits = 32, kLabelBit = 31;

inline dim3 sort_grid(Index n) { return dim3(static_cast<unsigned>((n + kSortThreads - 1) / kSortThreads)); }

__device__ inline Index sort_index() { return static_cast<Index>(blockIdx.x) * kSortThreads + threadIdx.x; }

__device__ inline std::uint32_t row_tag(Index row, std::uint8_t label) {
  return static_cast<std::uint32_t>(row) | (label != 0 ? 1u << kLabelBit : 0u);
}

__device__ inline void emit_rank(Index rank, std::uint32_t tag, bool begins, RankingOut out) {
  out.row[rank] = tag & ((1u << kLabelBit) - 1);
  out.flags[rank] = static_cast<std::uint8_t>((tag >> kLabelBit ? kRankPositive : 0) | (begins ? kRankBeginsGroup : 0));
}

// One thread a row. float32: key and tag in 64 bits.
static __global__ void pack_keys_kernel(TensorView<const float, 1> scores, const std::uint8_t* labels,
                                        std::uint64_t* keys) {
  const Index i = sort_index();
  if (i < scores.extent(0))
    keys[i] = static_cast<std::uint64_t>(score_key(scores(i))) << kTagBits | row_tag(i, labels[i]);
}

static __global__ void emit_packed_kernel(const std::uint64_t* sorted, Index n, RankingOut out) {
  const Index i = sort_index();
  if (i >= n) return;
  const bool begins = i == 0 || sorted[i] >> kTagBits != sorted[i - 1] >> kTagBits;
  emit_rank(i, static_cast<std::uint32_t>(sorted[i]), begins, out);
}

// float64: keys beside tags.
static __global__ void make_pairs_kernel(TensorView<const double, 1> scores, const std::uint8_t* labels,
                                         std::uint64_t* keys, std::uint32_t* tags) {
  const Index i = sort_index();
  if (i >= scores.extent(0)) return;
  keys[i] = score_key(scores(i));
  tags[i] = row_tag(i, labels[i]);
}

static __global__ void emit_pairs_kernel(const std::uint64_t* keys, const std::uint32_t* tags, Index n,
                                         RankingOut out) {
  const Index i = sort_index();
  if (i < n) emit_rank(i, tags[i], i == 0 || keys[i] != keys[i - 1], out);
}

// Two arrays of which the first holds the data, before a sort and after it.
template <class T>
struct SortBuffers {
  T *current, *other;
};

struct SortArrays {
  SortBuffers<std::uint64_t> keys;
  SortBuffers<std::uint32_t> tags;
  void* temporary;  // what the sorter asks for

  static std::size_t bytes(Index rows) {
    const auto n = (static_cast<std::size_t>(rows) + 63) / 64 * 64;
    return 2 * n * (sizeof(std::uint64_t) + sizeof(std::uint32_t));
  }
  SortArrays(Index rows, void* scratch) {
    const auto n = (static_cast<std::size_t>(rows) + 63) / 64 * 64;
    auto* const words = static_cast<std::uint64_t*>(scratch);
    keys = {words, words + n};
    auto* const halves = reinterpret_cast<std::uint32_t*>(words + 2 * n);
    tags = {halves, halves + n};
    temporary = halves + 2 * n;
  }
};

// `sorter` sorts stably by bits [begin, end): sorter.keys(keys, n, begin, end, temporary), and
// sorter.pairs(keys, values, n, begin, end, temporary).
template <class Sorter>
void rank_scores(Stream stream, TensorView<const float, 1> scores, const std::uint8_t* labels, RankingOut out,
                 void* scratch, const Sorter& sorter) {
  const Index n = scores.extent(0);
  if (n == 0) return;
  SortArrays at(n, scratch);
  launch(pack_keys_kernel, sort_grid(n), dim3(kSortThreads), 0, stream, scores, labels, at.keys.current);
  // Rows are in order already.
  sorter.keys(at.keys, n, kLabelBit, 64, at.temporary);
  launch(emit_packed_kernel, sort_grid(n), dim3(kSortThreads), 0, stream, at.keys.current, n, out);
}

template <class Sorter>
void rank_scores(Stream stream, TensorView<const double, 1> scores, const std::uint8_t* labels, RankingOut out,
                 void* scratch, const Sorter& sorter) {
  const Index n = scores.extent(0);
  if (n == 0) return;
  SortArrays at(n, scratch);
  launch(make_pairs_kernel, sort_grid(n), dim3(kSortThreads), 0, stream, scores, labels, at.keys.current,
         at.tags.current);
  // Negatives first: one pass over one bit, and the sort by score keeps it within a tie.
  sorter.pairs(at.tags, at.keys, n, kLabelBit, kLabelBit + 1, at.temporary);
  sorter.pairs(at.keys, at.tags, n, 0, 64, at.temporary);
  launch(emit_pairs_kernel, sort_grid(n), dim3(kSortThreads), 0, stream, at.keys.current, at.tags.current, n, out);
}

}  // namespace detail
}  // namespace bakeoff::kernels

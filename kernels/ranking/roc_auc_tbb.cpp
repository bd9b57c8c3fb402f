#include "kernels/ranking/roc_auc.h"

#include "kernels/order.h"
#include "kernels/ranking/key_span.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff::kernels {
namespace {

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

// Sorted keys with the label in the lowest bit. The range must hold whole groups.
template <class Key>
AucState<std::uint64_t> fold_keys(const Key* sorted, Index begin, Index end) {
  std::uint64_t negative = 0, below = 0, area2 = 0;
  Key group = ~sorted[begin];
  for (Index i = begin; i < end; ++i) {
    // Without branches: labels and ties of real scores can't be predicted.
    const Key key = sorted[i] >> 1;
    const std::uint64_t positive = sorted[i] & 1;
    below = key == group ? below : negative;
    group = key;
    area2 += (negative + below) & (std::uint64_t{0} - positive);
    negative += 1 - positive;
  }
  AucState<std::uint64_t> state;
  state.positive = static_cast<std::uint64_t>(end - begin) - negative;
  state.negative = negative;
  state.area2 = area2;
  state.empty = begin == end;
  state.one_group = false;
  return state;
}

template <class Key>
AucState<std::uint64_t> sort_and_fold(const Workers& workers, Key* keys, Key* spare, Index n, int bits,
                                      std::uint32_t* counts) {
  const Key* const sorted = radix_sort(workers, keys, spare, n, 0, bits, counts);
  const Index blocks = radix_blocks(n, workers.threads());
  const auto group_begin = [&](Index i) {
    while (i > 0 && i < n && sorted[i] >> 1 == sorted[i - 1] >> 1) ++i;
    return i;
  };
  AucState<std::uint64_t> part[kRadixMaxBlocks];
  workers.for_each(blocks, [&](Index block) {
    const Index begin = group_begin(detail::block_begin(n, blocks, block));
    const Index end = group_begin(detail::block_begin(n, blocks, block + 1));
    if (begin < end) part[block] = fold_keys(sorted, begin, end);
  });
  AucState<std::uint64_t> all;
  for (Index block = 0; block < blocks; ++block) all = merge(all, part[block]);
  return all;
}

template <class Key, class T>
AucState<std::uint64_t> auc_of_keys(const Workers& workers, TensorView<const T, 1> scores, const std::uint8_t* labels,
                                    const KeySpan& span, char* scratch) {
  const Index n = scores.extent(0), blocks = radix_blocks(n, workers.threads());
  const std::size_t bytes = aligned(sizeof(Key) * static_cast<std::size_t>(n));
  Key* const keys = reinterpret_cast<Key*>(scratch);
  workers.for_each(blocks, [&](Index block) {
    const Index end = detail::block_begin(n, blocks, block + 1);
    for (Index i = detail::block_begin(n, blocks, block); i < end; ++i)
      keys[i] = static_cast<Key>(span.compress(scores.data[i * scores.strides[0]]) << 1 | (labels[i] != 0));
  });
  return sort_and_fold(workers, keys, reinterpret_cast<Key*>(scratch + bytes), n, span.bits + 1,
                       reinterpret_cast<std::uint32_t*>(scratch + 2 * bytes));
}

// The same for ranks that weigh 1, which may begin or end inside a group. 1 ns a rank where the fold below takes 5.
AucState<std::uint64_t> count_ranks(const RankingView& ranking, Index begin, Index end) {
  std::uint64_t negative = 0, below = 0, area2 = 0;
  for (Index rank = begin; rank < end; ++rank) {
    const std::uint64_t positive = ranking.flags[rank] & kRankPositive;
    below = ranking.flags[rank] & kRankBeginsGroup ? negative : below;
    area2 += (negative + below) & (std::uint64_t{0} - positive);
    negative += 1 - positive;
  }
  Index head_end = begin + 1, tail_begin = end - 1;
  while (head_end < end && !(ranking.flags[head_end] & kRankBeginsGroup)) ++head_end;
  while (tail_begin > begin && !(ranking.flags[tail_begin] & kRankBeginsGroup)) --tail_begin;
  const auto positives = [&](Index from, Index to) {
    std::uint64_t count = 0;
    for (Index rank = from; rank < to; ++rank) count += ranking.flags[rank] & kRankPositive;
    return count;
  };
  const std::uint64_t head = positives(begin, head_end), tail = positives(tail_begin, end);
  return {static_cast<std::uint64_t>(end - begin) - negative,
          negative,
          area2,
          head,
          static_cast<std::uint64_t>(head_end - begin) - head,
          tail,
          static_cast<std::uint64_t>(end - tail_begin) - tail,
          false,
          head_end == end,
          !(ranking.flags[begin] & kRankBeginsGroup)};
}

template <class W>
AucState<AucWeight<W>> fold_ranks(const RankingView& ranking, const W* weights, Index begin, Index end) {
  AucFold<AucWeight<W>> fold;
  for (Index rank = begin; rank < end; ++rank) {
    const std::uint8_t flags = ranking.flags[rank];
    if (rank > begin && flags & kRankBeginsGroup) fold.close_group();
    fold.add(flags & kRankPositive, weights ? weights[ranking.row[rank]] : W{1});
  }
  return fold.state(!(ranking.flags[begin] & kRankBeginsGroup));
}

}  // namespace

std::size_t roc_auc_scratch_bytes(const Workers& workers, Index rows) {
  const std::size_t ranking =
      aligned(sizeof(std::uint32_t) * static_cast<std::size_t>(rows)) + aligned(static_cast<std::size_t>(rows));
  const std::size_t states = sizeof(AucState<double>) * static_cast<std::size_t>(chunk_count(rows));
  return ranking + std::max(sort_scores_scratch_bytes(workers, rows), states);
}

template <class T>
AucState<std::uint64_t> roc_auc(const Workers& workers, TensorView<const T, 1> scores, const std::uint8_t* labels,
                                void* scratch) {
  const Index n = scores.extent(0);
  if (n == 0) return {};
  const KeySpan span = key_span(workers, scores);
  char* const at = static_cast<char*>(scratch);
  if (span.bits < 32) return auc_of_keys<std::uint32_t>(workers, scores, labels, span, at);
  // Beyond 33 bits a key of 33 and the lower bits of the few that share them are faster than sorting all bits.
  if (span.bits <= 32) return auc_of_keys<std::uint64_t>(workers, scores, labels, span, at);
  const std::size_t rows = aligned(sizeof(std::uint32_t) * static_cast<std::size_t>(n));
  const RankingOut out{reinterpret_cast<std::uint32_t*>(at), reinterpret_cast<std::uint8_t*>(at + rows)};
  void* const rest = at + rows + aligned(static_cast<std::size_t>(n));
  sort_scores(workers, scores, labels, out, rest);
  return ranked_auc<std::uint32_t>(workers, {out.row, out.flags, n}, nullptr, rest);
}

template <class W>
AucState<AucWeight<W>> ranked_auc(const Workers& workers, const RankingView& ranking, const W* weights, void* scratch) {
  if (ranking.rows == 0) return {};
  const Index chunks = chunk_count(ranking.rows);
  auto* const states = static_cast<AucState<AucWeight<W>>*>(scratch);
  workers.for_each(chunks, [&](Index chunk) {
    const Index begin = chunk * kChunkRows;
    const Index end = std::min(begin + kChunkRows, ranking.rows);
    if constexpr (!std::is_floating_point_v<W>)
      if (!weights) return void(states[chunk] = count_ranks(ranking, begin, end));
    states[chunk] = fold_ranks(ranking, weights, begin, end);
  });
  merge_neighbours(states, chunks);
  return states[0];
}

template AucState<std::uint64_t> roc_auc(const Workers&, TensorView<const float, 1>, const std::uint8_t*, void*);
template AucState<std::uint64_t> roc_auc(const Workers&, TensorView<const double, 1>, const std::uint8_t*, void*);
template AucState<std::uint64_t> ranked_auc(const Workers&, const RankingView&, const std::uint32_t*, void*);
template AucState<double> ranked_auc(const Workers&, const RankingView&, const double*, void*);

}  // namespace bakeoff::kernels

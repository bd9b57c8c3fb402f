#include "kernels/ranking/sort_scores.h"

#include "kernels/ranking/key_span.h"

namespace bakeoff::kernels {
namespace {

// A packed key: 32 bits of the score's key, the label, 31 bits of the row. No two are equal.
constexpr int kLabelBit = 31;
constexpr std::uint64_t kRowMask = (std::uint64_t{1} << kLabelBit) - 1;
constexpr int kKeyBits = 32;
// Below this std::sort is faster than clearing and adding up the buckets.
constexpr Index kRadixRows = 512;
// Runs of this length are worth all workers.
constexpr Index kLongRun = Index{1} << 15;

struct Scratch {
  std::uint64_t *keys, *spare;
  std::uint32_t *counts, *long_runs;
};

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

Scratch cut(const Workers& workers, Index rows, void* scratch) {
  char* at = static_cast<char*>(scratch);
  const std::size_t keys = aligned(sizeof(std::uint64_t) * static_cast<std::size_t>(rows));
  const std::size_t counts =
      aligned(sizeof(std::uint32_t) * static_cast<std::size_t>(radix_counts(rows, workers.threads())));
  return {reinterpret_cast<std::uint64_t*>(at), reinterpret_cast<std::uint64_t*>(at + keys),
          reinterpret_cast<std::uint32_t*>(at + 2 * keys), reinterpret_cast<std::uint32_t*>(at + 2 * keys + counts)};
}

std::uint64_t* sort_packed(const Workers& workers, std::uint64_t* keys, std::uint64_t* spare, Index n, int key_bits,
                           std::uint32_t* counts) {
  if (n < kRadixRows) {
    std::sort(keys, keys + n);
    return keys;
  }
  // Rows are in order already, and the sort is stable.
  return radix_sort(workers, keys, spare, n, kLabelBit, kLabelBit + 1 + key_bits, counts);
}

void emit(std::uint64_t packed, bool begins, Index rank, RankingOut out) {
  out.row[rank] = static_cast<std::uint32_t>(packed & kRowMask);
  out.flags[rank] =
      static_cast<std::uint8_t>((packed >> kLabelBit & 1 ? kRankPositive : 0) | (begins ? kRankBeginsGroup : 0));
}

// Ranks [first, first + n) whose keys are complete. The first begins a group.
void emit_sorted(const Workers& workers, const std::uint64_t* sorted, Index n, Index first, RankingOut out) {
  const Index blocks = radix_blocks(n, workers.threads());
  workers.for_each(blocks, [&](Index block) {
    const Index end = detail::block_begin(n, blocks, block + 1);
    for (Index i = detail::block_begin(n, blocks, block); i < end; ++i)
      emit(sorted[i], i == 0 || sorted[i] >> kKeyBits != sorted[i - 1] >> kKeyBits, first + i, out);
  });
}

// float64 keys of more than 32 bits: `sorted` is in the order of the upper 32, and in each run of equal ones the lower
// bits, 32 at most, decide. Runs are short unless scores crowd together.
template <class T>
struct LowerBits {
  TensorView<const T, 1> scores;
  KeySpan span;
  const std::uint64_t* sorted;
  std::uint64_t* spare;

  std::uint64_t repack(std::uint64_t packed) const {
    const std::uint64_t low = span.compress(scores.data[static_cast<Index>(packed & kRowMask) * scores.strides[0]]);
    return (low & ((std::uint64_t{1} << (span.bits - kKeyBits)) - 1)) << kKeyBits | (packed & 0xffffffffu);
  }
  bool begins_run(Index i) const { return i == 0 || sorted[i] >> kKeyBits != sorted[i - 1] >> kKeyBits; }

  // Runs that begin in [begin, end). Long ones are left: their places are written to `long_runs`.
  Index emit_runs(Index begin, Index end, Index n, RankingOut out, std::uint32_t* long_runs) const {
    Index left = 0;
    while (begin < end && !begins_run(begin)) ++begin;
    for (Index run = begin; run < end;) {
      Index stop = run + 1;
      while (stop < n && !begins_run(stop)) ++stop;
      if (stop - run == 1) {
        emit(sorted[run], true, run, out);
      } else if (stop - run >= kLongRun) {
        long_runs[left++] = static_cast<std::uint32_t>(run);
      } else {
        for (Index i = run; i < stop; ++i) spare[i] = repack(sorted[i]);
        std::sort(spare + run, spare + stop);
        for (Index i = run; i < stop; ++i)
          emit(spare[i], i == run || spare[i] >> kKeyBits != spare[i - 1] >> kKeyBits, i, out);
      }
      run = stop;
    }
    return left;
  }

  void emit_long_run(const Workers& workers, Index run, Index n, RankingOut out, std::uint32_t* counts) const {
    Index stop = run + 1;
    while (stop < n && !begins_run(stop)) ++stop;
    const Index blocks = radix_blocks(stop - run, workers.threads());
    workers.for_each(blocks, [&](Index block) {
      const Index end = run + detail::block_begin(stop - run, blocks, block + 1);
      for (Index i = run + detail::block_begin(stop - run, blocks, block); i < end; ++i) spare[i] = repack(sorted[i]);
    });
    // Nobody reads this run's upper bits again, so it is the other buffer.
    std::uint64_t* const other = const_cast<std::uint64_t*>(sorted) + run;
    emit_sorted(workers, sort_packed(workers, spare + run, other, stop - run, span.bits - kKeyBits, counts), stop - run,
                run, out);
  }
};

// At most one long run begins in kLongRun ranks; a block's list starts at its own place.
Index long_run_slots(Index rows, Index blocks) { return rows / kLongRun + blocks; }

template <class T>
void emit_by_lower_bits(const Workers& workers, const LowerBits<T>& lower, Index n, const Scratch& scratch,
                        RankingOut out) {
  const Index blocks = radix_blocks(n, workers.threads());
  Index left[kRadixMaxBlocks];
  const auto slot = [&](Index block) { return detail::block_begin(n, blocks, block) / kLongRun + block; };
  workers.for_each(blocks, [&](Index block) {
    left[block] = lower.emit_runs(detail::block_begin(n, blocks, block), detail::block_begin(n, blocks, block + 1), n,
                                  out, scratch.long_runs + slot(block));
  });
  for (Index block = 0; block < blocks; ++block)
    for (Index i = 0; i < left[block]; ++i)
      lower.emit_long_run(workers, scratch.long_runs[slot(block) + i], n, out, scratch.counts);
}

}  // namespace

std::size_t sort_scores_scratch_bytes(const Workers& workers, Index rows) {
  const auto n = static_cast<std::size_t>(rows);
  return 2 * aligned(sizeof(std::uint64_t) * n) +
         aligned(sizeof(std::uint32_t) * static_cast<std::size_t>(radix_counts(rows, workers.threads()))) +
         aligned(sizeof(std::uint32_t) *
                 static_cast<std::size_t>(long_run_slots(rows, radix_blocks(rows, workers.threads()))));
}

template <class T>
void sort_scores(const Workers& workers, TensorView<const T, 1> scores, const std::uint8_t* labels, RankingOut out,
                 void* scratch) {
  const Index n = scores.extent(0);
  if (n == 0) return;
  const Scratch at = cut(workers, n, scratch);
  const KeySpan span = key_span(workers, scores);
  const int lower_bits = std::max(0, span.bits - kKeyBits);
  const Index blocks = radix_blocks(n, workers.threads());
  workers.for_each(blocks, [&](Index block) {
    const Index end = detail::block_begin(n, blocks, block + 1);
    for (Index i = detail::block_begin(n, blocks, block); i < end; ++i)
      at.keys[i] = span.compress(scores.data[i * scores.strides[0]]) >> lower_bits << kKeyBits |
                   static_cast<std::uint64_t>(labels[i] != 0) << kLabelBit | static_cast<std::uint64_t>(i);
  });
  std::uint64_t* const sorted = sort_packed(workers, at.keys, at.spare, n, std::min(span.bits, kKeyBits), at.counts);
  if (lower_bits == 0) return emit_sorted(workers, sorted, n, 0, out);
  const LowerBits<T> lower{scores, span, sorted, sorted == at.keys ? at.spare : at.keys};
  emit_by_lower_bits(workers, lower, n, at, out);
}

template void sort_scores(const Workers&, TensorView<const float, 1>, const std::uint8_t*, RankingOut, void*);
template void sort_scores(const Workers&, TensorView<const double, 1>, const std::uint8_t*, RankingOut, void*);

Index select_ranks(const RankingView& ranking, const std::uint8_t* keep, RankingOut out) {
  Index kept = 0;
  std::uint8_t begins = 0;
  for (Index rank = 0; rank < ranking.rows; ++rank) {
    begins |= ranking.flags[rank] & kRankBeginsGroup;
    if (!keep[ranking.row[rank]]) continue;
    out.row[kept] = ranking.row[rank];
    out.flags[kept++] = static_cast<std::uint8_t>((ranking.flags[rank] & kRankPositive) | begins);
    begins = 0;
  }
  return kept;
}

}  // namespace bakeoff::kernels

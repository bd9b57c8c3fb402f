// Cuts a chunk of ranks into the spans and pieces that auc_bootstrap_simd.h folds.
#pragma once
#include <algorithm>

#include "kernels/ranking/ranking.h"
#include "kernels/resample/auc_bootstrap_simd.h"

namespace bakeoff::kernels {

class AucSpanBuilder {
 public:
  /// Ranks [begin, end) of the ranking, at least one.
  AucSpanBuilder(const RankingView& ranking, Index begin, Index end)
      : flags_(ranking.flags), end_(end), next_(begin), head_end_(begin), tail_begin_(begin) {
    Index first = next_group(begin, end), last = end - 1;
    one_group_ = first == end;
    if (one_group_) return;  // all of it stays open
    while (!begins(last)) --last;
    head_end_ = first;
    tail_begin_ = last;
  }

  /// The chunk's first and last group are the same.
  bool one_group() const { return one_group_; }

  Index next() const { return next_; }
  bool done() const { return next_ == end_; }

  /// The ranks from next() on that fit a span.
  void build(AucSpan& span) {
    span.ranks = span.pieces = span.pairs = 0;
    const Index from = next_, limit = std::min(from + kAucSpanRanks, end_);
    while (next_ < limit) {
      if (next_ < head_end_) {
        add_slice(span, from, std::min(head_end_, limit), head_end_, true);
      } else if (next_ >= tail_begin_) {
        add_slice(span, from, limit, -1, false);
      } else if (next_ < long_end_) {
        add_slice(span, from, std::min(long_end_, limit), long_end_, false);
      } else {
        const Index stop = std::min(next_ + kAucBlockRanks, tail_begin_);
        const Index cut = last_group(next_, std::min(stop, limit));
        if (cut > next_) {
          add_block(span, from, cut);
        } else if (limit < stop) {
          break;  // whole in the next span
        } else {
          long_end_ = next_group(next_, tail_begin_);
        }
      }
    }
    span.ranks = static_cast<int>(next_ - from);
  }

 private:
  bool begins(Index rank) const { return flags_[rank] & kRankBeginsGroup; }
  bool positive(Index rank) const { return flags_[rank] & kRankPositive; }

  // The first group that begins after `rank`, or `end`.
  Index next_group(Index rank, Index end) const {
    do ++rank;
    while (rank < end && !begins(rank));
    return rank;
  }
  // The last rank of (rank, stop] that begins a group, or `rank`. `stop` may be the tail's begin.
  Index last_group(Index rank, Index stop) const {
    while (stop > rank && !begins(stop)) --stop;
    return stop;
  }

  void add_slice(AucSpan& span, Index from, Index stop, Index group_end, bool is_head) {
    AucPiece& piece = span.piece[span.pieces++];
    piece = {};
    piece.kind = AucPieceKind::slice;
    piece.begin = static_cast<std::uint16_t>(next_ - from);
    piece.ranks = static_cast<std::uint16_t>(stop - next_);
    while (next_ + piece.negatives < stop && !positive(next_ + piece.negatives)) ++piece.negatives;
    piece.closes_group = stop == group_end;
    piece.is_head = is_head;
    next_ = stop;
  }

  void add_block(AucSpan& span, Index from, Index stop) {
    AucPiece& piece = span.piece[span.pieces++];
    piece = {};
    piece.kind = AucPieceKind::block;
    piece.begin = static_cast<std::uint16_t>(next_ - from);
    piece.ranks = static_cast<std::uint16_t>(stop - next_);
    piece.first_pair = static_cast<std::uint16_t>(span.pairs);
    piece.pairs = static_cast<std::uint8_t>((piece.ranks + 1) / 2);
    for (Index rank = next_; rank < stop; rank += 2) span.mask[span.pairs++] = pair_mask(rank, stop);
    for (Index rank = next_ + 1; rank < stop; ++rank)
      if (!begins(rank) && positive(rank) && !positive(rank - 1)) piece.kind = AucPieceKind::block_with_ties;
    next_ = stop;
  }

  AucPairMask pair_mask(Index rank, Index stop) const {
    const auto bytes = [](bool first, bool second) { return (first ? 0x00ff00ffu : 0) | (second ? 0xff00ff00u : 0); };
    const bool second = rank + 1 < stop, goes_on = second && !begins(rank + 1);
    return {bytes(!positive(rank), second && !positive(rank + 1)), bytes(positive(rank), second && positive(rank + 1)),
            bytes(!begins(rank), !begins(rank) && goes_on), bytes(false, goes_on)};
  }

  const std::uint8_t* flags_;
  Index end_, next_, head_end_, tail_begin_;
  bool one_group_ = false;
  Index long_end_ = 0;  // of the long group that next_ is in
};

}  // namespace bakeoff::kernels

// What a candidate shows of a query: its k best documents. For metrics of lists, which ask for no relevance.
#pragma once
#include <algorithm>

#include "kernels/queries/rank_query.h"

namespace bakeoff::kernels {

// documents[0, sure) are in the list, best first. Of documents[sure, sure + tied), which share one score in ascending
// order, `places` are in it: each with the chance places / tied, each two with places (places - 1) / (tied (tied - 1)).
struct TopList {
  Index sure = 0, tied = 0, places = 0;
  Index length() const { return sure + places; }
};

/// Bytes of scratch for cuts up to kMaxSelected, aligned to 64.
inline std::size_t top_list_scratch_bytes() { return detail::RankSlot::bytes(detail::RankSlot::room(0)); }

/// The list of one query, on the CPU, by one thread. `documents` has room for all of the query's; they are counted from
/// its first. Reads no relevance.
template <class T>
TopList top_list(const JudgedQueries& queries, const QueryScores<T>& scores, Index candidate, Index q, Index cut,
                 std::uint32_t* documents, void* scratch) {
  const auto list = [&]<bool kBreakTies>() {
    using Key = typename RankKey<T, kBreakTies>::Key;
    const Index room = detail::RankSlot::room(0);
    const detail::QueryRanker<T, kBreakTies> ranker{queries, scores, {}, detail::RankSlot(scratch, room, 0), room};
    const auto found = ranker.select(candidate, q, cut);
    TopList out{found.kept, 0, 0};
    const bool all = found.retrieved <= cut;
    if (!all) out.sure = ranker.above_tie(found.kept);
    for (Index i = 0; i < out.sure; ++i) documents[i] = ranker.documents()[i].document;
    if (all) return out;
    const Key floor = ranker.documents()[found.kept - 1].key;
    ranker.for_each_document(candidate, q, [&](Index i, Key key) {
      if (key == floor) documents[out.sure + out.tied++] = static_cast<std::uint32_t>(i);
    });
    out.places = cut - out.sure;
    return out;
  };
  return scores.break_ties ? list.template operator()<true>() : list.template operator()<false>();
}

}  // namespace bakeoff::kernels

// One query of one candidate on the CPU, by one thread.
#pragma once
#include <algorithm>
#include <bit>
#include <functional>
#include <limits>

#include "kernels/queries/query_finish.h"
#include "kernels/queries/scan_keys.h"

namespace bakeoff::kernels::detail {

// Entries that selection keeps before it throws the worse ones away, at least.
inline constexpr Index kLeastBuffer = 64;

// With that many graded documents or fewer, comparing each of them with each document of the query beats a search that
// nobody can predict. ns a document, one thread of a Zen 4 with neighbours: 50 of 100 graded 27 against 39, 100 of
// 1,000 16 against 22, 500 of 1,000 73 against 45.
inline constexpr Index kMostScanned = 256;

constexpr std::size_t slot_aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

// What a thread works with.
struct RankSlot {
  char *documents, *keys, *counts, *groups;

  static Index room(Index most_graded) { return std::max(most_graded, 2 * kMaxSelected) + 1; }
  static std::size_t bytes(Index room) {
    const auto n = static_cast<std::size_t>(room);
    return slot_aligned(sizeof(RankedDocument<std::uint64_t>) * n) + slot_aligned(sizeof(std::uint64_t) * n) +
           slot_aligned(3 * sizeof(std::uint32_t) * n) + slot_aligned(sizeof(TieGroup) * n);
  }
  RankSlot(void* scratch, Index room, Index slot) {
    const auto n = static_cast<std::size_t>(room);
    documents = static_cast<char*>(scratch) + static_cast<std::size_t>(slot) * bytes(room);
    keys = documents + slot_aligned(sizeof(RankedDocument<std::uint64_t>) * n);
    counts = keys + slot_aligned(sizeof(std::uint64_t) * n);
    groups = counts + slot_aligned(3 * sizeof(std::uint32_t) * n);
  }
};

template <class T, bool kBreakTies>
struct QueryRanker {
  using Key = typename RankKey<T, kBreakTies>::Key;
  using Document = RankedDocument<Key>;

  const JudgedQueries& queries;
  const QueryScores<T>& scores;
  QueryPlan plan;
  RankSlot slot;
  Index room;
  void (*scan)(const Key*, Index, const Key*, Index, std::uint32_t*, std::uint32_t*) = nullptr;  // scan_keys

  // Writes the value of each call to out[call * queries].
  void values(Index candidate, Index q, const QueryPass& pass, double* out) const {
    Index count = 0;
    if (queries.relevant[q] > 0)
      count = by_counting(plan, queries.graded_count(q)) ? count_groups(candidate, q) : select_groups(candidate, q);
    for (int call = 0; call < pass.count; ++call)
      out[call * queries.queries] = has_needs(queries, q, QueryMetrics::needs(pass.calls[call].metric))
                                        ? query_value(queries, q, groups(), count, pass, call)
                                        : std::numeric_limits<double>::quiet_NaN();
  }

  Document* documents() const { return reinterpret_cast<Document*>(slot.documents); }
  TieGroup* groups() const { return reinterpret_cast<TieGroup*>(slot.groups); }

  bool key_of(Index candidate, Index first, Index i, Key& key) const {
    const T score = scores(candidate, first + i);
    key = RankKey<T, kBreakTies>::of(score, static_cast<std::uint32_t>(i));
    return !scores.drop || retrieved(score);
  }

  // Calls f(i, key) for each document that was retrieved, in order.
  template <class F>
  void for_each_document(Index candidate, Index q, const F& f) const {
    const Index first = queries.offsets[q], n = queries.documents(q);
    for (Index i = 0; i < n; ++i)
      if (Key key; key_of(candidate, first, i, key)) f(i, key);
  }

  Index count_groups(Index candidate, Index q) const {
    const Index first = queries.offsets[q], graded_count = queries.graded_count(q);
    const std::uint32_t* const graded = queries.graded + queries.graded_offsets[q];
    Document* const sorted = documents();
    Index count = 0;
    for (Index g = 0; g < graded_count; ++g)
      if (Key key; key_of(candidate, first, graded[g], key)) sorted[count++] = {key, graded[g]};
    if (count == 0) return 0;
    std::sort(sorted, sorted + count);
    Key* const keys = reinterpret_cast<Key*>(slot.keys);
    for (Index i = 0; i < count; ++i) keys[i] = sorted[i].key;
    auto* const above = reinterpret_cast<std::uint32_t*>(slot.counts);
    std::uint32_t* const equal = above + room;
    std::fill(above, above + count + 1, 0u);
    std::fill(equal, equal + count + 1, 0u);
    if (scan && count <= kMostScanned)
      scan_documents(candidate, q, keys, count, above, equal);
    else
      search_documents(candidate, q, keys, count, above, equal);
    return counted_groups(queries, q, plan.exponential, sorted, count, above, equal, groups());
  }

  // The range of the keys is cut into about as many buckets as there are keys, so that few are left to search. ns a
  // document of 100,000: 10,000 graded 24 against 60 without buckets, 50,000 graded 67 against 112.
  void search_documents(Index candidate, Index q, const Key* keys, Index count, std::uint32_t* above,
                        std::uint32_t* equal) const {
    const Key low = keys[count - 1], high = keys[0];
    const int bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count))) - 1;
    const int shift = std::max(0, static_cast<int>(std::bit_width(static_cast<Key>(high - low))) - bits);
    const Index buckets = Index{1} << bits;
    // Keys begin[b + 1] ... begin[b] - 1 are those of bucket b
    std::uint32_t* const begin = equal + room;
    begin[buckets] = 0;
    Index bucket = buckets - 1;
    for (Index i = 0; i < count; ++i)
      for (; bucket > static_cast<Index>((keys[i] - low) >> shift); --bucket)
        begin[bucket] = static_cast<std::uint32_t>(i);
    for (; bucket >= 0; --bucket) begin[bucket] = static_cast<std::uint32_t>(count);
    for_each_document(candidate, q, [&](Index, Key key) {
      Index at = key > high ? 0 : count;
      if (key >= low && key <= high) {
        const std::uint32_t* const edge = begin + ((key - low) >> shift);
        at = edge[1] + better_keys(keys + edge[1], edge[0] - edge[1], key);
      }
      const bool tied = at < count && keys[at] == key;
      equal[at] += tied;
      above[at] += !tied;
    });
    add_gaps(above, equal, count);
  }

  void scan_documents(Index candidate, Index q, const Key* keys, Index count, std::uint32_t* above,
                      std::uint32_t* equal) const {
    alignas(64) Key tile[kScanTile];
    const Index first = queries.offsets[q], n = queries.documents(q);
    for (Index begin = 0; begin < n; begin += kScanTile) {
      const Index size = std::min(n - begin, kScanTile), whole = (size + kScanStep - 1) / kScanStep * kScanStep;
      for (Index i = 0; i < size; ++i)
        if (Key key; key_of(candidate, first, begin + i, key))
          tile[i] = key;
        else
          tile[i] = 0;
      std::fill(tile + size, tile + whole, Key{0});
      scan(tile, whole, keys, count, above, equal);
    }
  }

  // How many of the descending keys are larger.
  static Index better_keys(const Key* keys, Index count, Key key) {
    const Key* base = keys;
    while (count > 1) {  // without branches: where a document falls can't be predicted
      const Index half = count / 2;
      base += base[half - 1] > key ? half : 0;
      count -= half;
    }
    return base - keys + (*base > key);
  }

  // The best of a query in documents(), sorted: the first `kept`, all of them if so few were retrieved. Whether more
  // documents share the key of the last, the tie around the cut, is not known.
  struct Selected {
    Index kept, retrieved;
  };
  Selected select(Index candidate, Index q, Index cut) const {
    const Index capacity = std::max(2 * cut, kLeastBuffer);
    Document* const best = documents();
    Index filled = 0, seen = 0;
    Key floor = 0;
    bool full = false;
    const auto keep_best = [&] {
      std::nth_element(best, best + cut - 1, best + filled);
      filled = cut;
      floor = best[cut - 1].key;
      full = true;
    };
    for_each_document(candidate, q, [&](Index i, Key key) {
      ++seen;
      if (full && key <= floor) return;
      best[filled++] = {key, static_cast<std::uint32_t>(i)};
      if (filled == capacity) keep_best();
    });
    if (filled > cut) keep_best();
    std::sort(best, best + filled);
    return {filled, seen};
  }

  // Of the kept documents, how many are better than the last.
  Index above_tie(Index kept) const {
    const Document* const best = documents();
    Index above = kept;
    while (above > 0 && best[above - 1].key == best[kept - 1].key) --above;
    return above;
  }

  Index select_groups(Index candidate, Index q) const {
    const Selected found = select(candidate, q, plan.cut);
    if (found.retrieved <= plan.cut)
      return selected_groups(queries, q, plan.exponential, documents(), found.kept, groups());
    const Index above = above_tie(found.kept);
    const Index made = selected_groups(queries, q, plan.exponential, documents(), above, groups());
    const TieGroup boundary = tie(candidate, q, above, documents()[found.kept - 1].key);
    if (boundary.gain > 0) groups()[made] = boundary;
    return made + (boundary.gain > 0);
  }

  // All documents of that key, of which selection may have kept some only.
  TieGroup tie(Index candidate, Index q, Index before, Key key) const {
    const Index first = queries.offsets[q];
    TieGroup group{static_cast<std::uint32_t>(before), 0, 0, 0, 0};
    for (Index i = queries.documents(q); i-- > 0;)
      if (Key other; key_of(candidate, first, i, other) && other == key) {
        ++group.size;
        add_document(queries, queries.relevance[first + i], plan.exponential, group);
      }
    return group;
  }
};

inline double ideal_value(const JudgedQueries& queries, Index q, const QueryPass& pass, int call, double* gains) {
  const QueryMetricTraits& traits = QueryMetrics::kTraits[pass.calls[call].metric];
  if (!traits.ideal) return 0;
  const double* const relevance = queries.relevance + queries.offsets[q];
  const std::uint32_t* const graded = queries.graded + queries.graded_offsets[q];
  const Index count = queries.graded_count(q), ranks = std::min(count, pass.calls[call].cut);
  for (Index i = 0; i < count; ++i) gains[i] = relevance[graded[i]];
  if (count > 4 * ranks)  // a heap of few
    std::partial_sort(gains, gains + ranks, gains + count, std::greater<>());
  else
    std::sort(gains, gains + count, std::greater<>());
  double sum = 0;
  for (Index r = 0; r < ranks; ++r)
    sum += (traits.gain == Gain::linear ? linear_gain(gains[r]) : exponential_gain(gains[r])) * pass.discounts[r];
  return sum;
}

}  // namespace bakeoff::kernels::detail

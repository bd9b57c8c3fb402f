#include <algorithm>
#include <atomic>
#include <functional>
#include <limits>

#include "kernels/queries/query_finish.h"

namespace bakeoff::kernels {
namespace {

using detail::QueryPlan;

// Documents of a piece of work: many short queries or one long one.
constexpr Index kTaskDocuments = 4096;
// Entries that selection keeps before it throws the worse ones away, at least.
constexpr Index kLeastBuffer = 64;

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

// What a thread works with.
struct Slot {
  char *documents, *keys, *counts, *groups;

  static Index room(const QueryPass& pass) { return std::max(pass.most_graded, 2 * kMaxSelected) + 1; }
  static std::size_t bytes(Index room) {
    const auto n = static_cast<std::size_t>(room);
    return aligned(sizeof(RankedDocument<std::uint64_t>) * n) + aligned(sizeof(std::uint64_t) * n) +
           aligned(2 * sizeof(std::uint32_t) * n) + aligned(sizeof(TieGroup) * n);
  }
  Slot(void* scratch, Index room, Index slot) {
    const auto n = static_cast<std::size_t>(room);
    documents = static_cast<char*>(scratch) + static_cast<std::size_t>(slot) * bytes(room);
    keys = documents + aligned(sizeof(RankedDocument<std::uint64_t>) * n);
    counts = keys + aligned(sizeof(std::uint64_t) * n);
    groups = counts + aligned(2 * sizeof(std::uint32_t) * n);
  }
};

template <class T, bool kBreakTies>
struct Ranker {
  using Key = typename RankKey<T, kBreakTies>::Key;
  using Document = RankedDocument<Key>;

  const JudgedQueries& queries;
  const QueryScores<T>& scores;
  QueryPlan plan;
  Slot slot;
  Index room;

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
    Key* const distinct = reinterpret_cast<Key*>(slot.keys);
    Index keys = 0;
    for (Index i = 0; i < count; ++i)
      if (i == 0 || sorted[i].key != sorted[i - 1].key) distinct[keys++] = sorted[i].key;
    auto* const above = reinterpret_cast<std::uint32_t*>(slot.counts);
    std::uint32_t* const equal = above + room;
    std::fill(above, above + keys + 1, 0u);
    std::fill(equal, equal + keys + 1, 0u);
    for_each_document(candidate, q, [&](Index, Key key) {
      const Index at = better_keys(distinct, keys, key);
      const bool tied = at < keys && distinct[at] == key;
      equal[at] += tied;
      above[at] += !tied;
    });
    return detail::counted_groups(queries, q, plan.exponential, sorted, count, above, equal, groups());
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

  Index select_groups(Index candidate, Index q) const {
    const Index cut = plan.cut, capacity = std::max(2 * cut, kLeastBuffer);
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
    if (seen <= cut) return detail::selected_groups(queries, q, plan.exponential, best, filled, groups());
    const Key last = best[filled - 1].key;
    Index above = filled;
    while (above > 0 && best[above - 1].key == last) --above;
    const Index made = detail::selected_groups(queries, q, plan.exponential, best, above, groups());
    const TieGroup boundary = tie(candidate, q, above, last);
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
        detail::add_document(queries, queries.relevance[first + i], plan.exponential, group);
      }
    return group;
  }
};

double ideal_value(const JudgedQueries& queries, Index q, const QueryPass& pass, int call, double* gains) {
  const QueryMetricTraits& traits = QueryMetrics::kTraits[pass.calls[call].metric];
  if (!traits.ideal) return 0;
  const double* const relevance = queries.relevance + queries.offsets[q];
  const std::uint32_t* const graded = queries.graded + queries.graded_offsets[q];
  const Index count = queries.graded_count(q), ranks = std::min(count, pass.calls[call].cut);
  for (Index i = 0; i < count; ++i) gains[i] = relevance[graded[i]];
  std::partial_sort(gains, gains + ranks, gains + count, std::greater<>());
  double sum = 0;
  for (Index r = 0; r < ranks; ++r)
    sum += (traits.gain == Gain::linear ? linear_gain(gains[r]) : exponential_gain(gains[r])) * pass.discounts[r];
  return sum;
}

// Calls f(slot, q) for every query: those that begin in a range of documents are one piece of work.
template <class F>
void for_each_query(const Workers& workers, const JudgedQueries& queries, Index candidates, const F& f) {
  const Index n = queries.queries;
  if (n == 0 || candidates == 0) return;
  const Index tasks = queries.offsets[n] / kTaskDocuments + 1;
  const auto begin_of = [&](Index task) {  // empty queries at the end begin where the last range does
    return task == tasks
               ? n
               : std::lower_bound(queries.offsets, queries.offsets + n, task * kTaskDocuments) - queries.offsets;
  };
  std::atomic<Index> next{0};
  workers.for_each(workers.threads(), [&](Index slot) {
    for (Index item; (item = next.fetch_add(1, std::memory_order_relaxed)) < tasks * candidates;) {
      const Index candidate = item / tasks, task = item % tasks, end = begin_of(task + 1);
      for (Index q = begin_of(task); q < end; ++q) f(slot, candidate, q);
    }
  });
}

template <class T, bool kBreakTies>
void rank_queries(const Workers& workers, const JudgedQueries& queries, const QueryScores<T>& scores,
                  const QueryPass& pass, double* values, void* scratch) {
  const Index n = queries.queries, room = Slot::room(pass);
  const QueryPlan plan = detail::plan_of(pass.calls, pass.count);
  for_each_query(workers, queries, scores.scores.extent(0), [&](Index slot, Index candidate, Index q) {
    const Ranker<T, kBreakTies> ranker{queries, scores, plan, Slot(scratch, room, slot), room};
    Index count = 0;
    if (queries.relevant[q] > 0)
      count = detail::by_counting(plan, queries.graded_count(q)) ? ranker.count_groups(candidate, q)
                                                                 : ranker.select_groups(candidate, q);
    double* const out = values + candidate * pass.count * n + q;
    for (int call = 0; call < pass.count; ++call)
      out[call * n] = detail::has_needs(queries, q, QueryMetrics::kTraits[pass.calls[call].metric].needs)
                          ? detail::query_value(queries, q, ranker.groups(), count, pass, call)
                          : std::numeric_limits<double>::quiet_NaN();
  });
}

}  // namespace

std::size_t query_values_scratch_bytes(const Workers& workers, const QueryPass& pass) {
  return static_cast<std::size_t>(workers.threads()) * Slot::bytes(Slot::room(pass));
}

void query_ideals(const Workers& workers, const JudgedQueries& queries, const QueryPass& pass, double* ideal,
                  void* scratch) {
  for_each_query(workers, queries, 1, [&](Index slot, Index, Index q) {
    auto* const gains = reinterpret_cast<double*>(Slot(scratch, Slot::room(pass), slot).documents);
    for (int call = 0; call < pass.count; ++call)
      ideal[call * queries.queries + q] = ideal_value(queries, q, pass, call, gains);
  });
}

template <class T>
void query_values(const Workers& workers, const JudgedQueries& queries, const QueryScores<T>& scores,
                  const QueryPass& pass, double* values, void* scratch) {
  if (scores.break_ties)
    rank_queries<T, true>(workers, queries, scores, pass, values, scratch);
  else
    rank_queries<T, false>(workers, queries, scores, pass, values, scratch);
}

template void query_values(const Workers&, const JudgedQueries&, const QueryScores<float>&, const QueryPass&, double*,
                           void*);
template void query_values(const Workers&, const JudgedQueries&, const QueryScores<double>&, const QueryPass&, double*,
                           void*);

}  // namespace bakeoff::kernels

#include <algorithm>
#include <atomic>

#include "kernels/queries/rank_query.h"

namespace bakeoff::kernels {
namespace {

using Slot = detail::RankSlot;

// Documents of a piece of work: many short queries or one long one.
constexpr Index kTaskDocuments = 4096;

// Calls f(slot, candidate, q) for every query: those that begin in a range of documents are one piece of work.
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

template <class Key>
auto scanner(Isa isa) {
  using Scan = void (*)(const Key*, Index, const Key*, Index, std::uint32_t*, std::uint32_t*);
#if defined(__x86_64__)
  if (isa == Isa::v4) return static_cast<Scan>(v4::scan_keys);
  if (isa == Isa::v3) return static_cast<Scan>(v3::scan_keys);
#endif
  (void)isa;
  return static_cast<Scan>(v2::scan_keys);
}

template <class T, bool kBreakTies>
void rank_queries(const Workers& workers, const JudgedQueries& queries, const QueryScores<T>& scores,
                  const QueryPass& pass, double* values, void* scratch) {
  const Index n = queries.queries, room = Slot::room(pass.most_graded);
  const detail::QueryPlan plan = detail::plan_of(pass);
  const Isa isa = best_isa();
  for_each_query(workers, queries, scores.scores.extent(0), [&](Index slot, Index candidate, Index q) {
    const detail::QueryRanker<T, kBreakTies> ranker{
        queries, scores, plan, Slot(scratch, room, slot), room, scanner<typename RankKey<T, kBreakTies>::Key>(isa)};
    ranker.values(candidate, q, pass, values + candidate * pass.count * n + q);
  });
}

}  // namespace

std::size_t query_values_scratch_bytes(const Workers& workers, const QueryPass& pass) {
  return static_cast<std::size_t>(workers.threads()) * Slot::bytes(Slot::room(pass.most_graded));
}

void query_ideals(const Workers& workers, const JudgedQueries& queries, const QueryPass& pass, double* ideal,
                  void* scratch) {
  for_each_query(workers, queries, 1, [&](Index slot, Index, Index q) {
    auto* const gains = reinterpret_cast<double*>(Slot(scratch, Slot::room(pass.most_graded), slot).documents);
    for (int call = 0; call < pass.count; ++call)
      ideal[call * queries.queries + q] = detail::ideal_value(queries, q, pass, call, gains);
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

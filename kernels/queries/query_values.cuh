#pragma once
#include "kernels/launch.h"
#include "kernels/queries/query_finish.h"

namespace bakeoff::kernels {
namespace detail {

// A block takes a query of a candidate, whatever its length: threads stride over its documents.
constexpr int kQueryThreads = 128;
constexpr int kQueryWarps = kQueryThreads / 32;
constexpr int kDigitBits = 8, kDigits = 1 << kDigitBits;

template <class T>
struct QueryJob {
  JudgedQueries queries;
  QueryScores<T> scores;
  QueryPass pass;
  QueryPlan plan;
  Index candidate;
  double* values;  // of the candidate: calls x queries
};

// Places of a query's graded documents: one more than it has of them.
struct CountingScratch {
  char* documents;
  TieGroup* groups;
  std::uint32_t *above, *equal;

  static BAKEOFF_HD std::size_t bytes(Index places) {
    return (sizeof(RankedDocument<std::uint64_t>) + sizeof(TieGroup) + 2 * sizeof(std::uint32_t)) *
           static_cast<std::size_t>(places);
  }
  BAKEOFF_HD CountingScratch(void* scratch, Index places, Index first) {
    documents = static_cast<char*>(scratch) + sizeof(RankedDocument<std::uint64_t>) * static_cast<std::size_t>(first);
    auto* const all = reinterpret_cast<TieGroup*>(static_cast<char*>(scratch) + sizeof(RankedDocument<std::uint64_t>) *
                                                                                    static_cast<std::size_t>(places));
    groups = all + first;
    above = reinterpret_cast<std::uint32_t*>(all + places) + first;
    equal = above + places;
  }
};

template <class T, bool kBreakTies>
struct QueryBlock {
  using Key = typename RankKey<T, kBreakTies>::Key;
  using Document = RankedDocument<Key>;

  const QueryJob<T>& job;
  Index q, first, documents;

  __device__ explicit QueryBlock(const QueryJob<T>& j)
      : job(j), q(blockIdx.x), first(j.queries.offsets[q]), documents(j.queries.documents(q)) {}

  __device__ bool key_of(Index i, Key& key) const {
    const T score = job.scores(job.candidate, first + i);
    key = RankKey<T, kBreakTies>::of(score, static_cast<std::uint32_t>(i));
    return !job.scores.drop || retrieved(score);
  }

  // Best first, by all threads. A bitonic network of which every comparator puts the better one in front works for any
  // count: places beyond it hold what is worse than everything, and never move.
  __device__ static void sort(Document* items, Index count) {
    __syncthreads();
    for (Index width = 2; width < 2 * count; width *= 2)
      for (Index step = width / 2; step > 0; step /= 2) {
        const Index partner_bits = step == width / 2 ? width - 1 : step;
        for (Index i = threadIdx.x; i < count; i += kQueryThreads) {
          const Index other = i ^ partner_bits;
          if (other <= i || other >= count || !(items[other] < items[i])) continue;
          const Document better = items[other];
          items[other] = items[i];
          items[i] = better;
        }
        __syncthreads();
      }
  }

  // A thread a call.
  __device__ void finish(const TieGroup* groups, Index count) const {
    const int calls = job.pass.count;
    for (int call = static_cast<int>(threadIdx.x); call < calls; call += kQueryThreads)
      job.values[call * job.queries.queries + q] =
          has_needs(job.queries, q, QueryMetrics::needs(job.pass.calls[call].metric))
              ? query_value(job.queries, q, groups, count, job.pass, call)
              : std::numeric_limits<double>::quiet_NaN();
  }
};

// How many of the sorted documents are better than the key.
template <class Key>
__device__ inline Index better_documents(const RankedDocument<Key>* sorted, Index count, Key key) {
  Index low = 0;
  while (low < count) {
    const Index middle = (low + count) / 2;
    if (sorted[middle].key > key)
      low = middle + 1;
    else
      count = middle;
  }
  return low;
}

template <class T, bool kBreakTies>
static __global__ void count_ranks_kernel(QueryJob<T> job, void* scratch, Index places) {
  using Block = QueryBlock<T, kBreakTies>;
  using Key = typename Block::Key;
  BAKEOFF_STATIC_SHARED(filled, unsigned);
  BAKEOFF_STATIC_SHARED(made, Index);
  const Block block(job);
  const Index graded_count = job.queries.graded_count(block.q);
  if (!by_counting(job.plan, graded_count)) return;
  const CountingScratch at(scratch, places, job.queries.graded_offsets[block.q] + block.q);
  auto* const sorted = reinterpret_cast<typename Block::Document*>(at.documents);
  const std::uint32_t* const graded = job.queries.graded + job.queries.graded_offsets[block.q];
  if (threadIdx.x == 0) filled = 0;
  for (Index g = threadIdx.x; g <= graded_count; g += kQueryThreads) at.above[g] = at.equal[g] = 0;
  __syncthreads();
  for (Index g = threadIdx.x; g < graded_count; g += kQueryThreads)
    if (Key key; block.key_of(graded[g], key)) sorted[atomicAdd(&filled, 1u)] = {key, graded[g]};
  __syncthreads();
  const Index count = filled;
  Block::sort(sorted, count);
  for (Index i = threadIdx.x; i < block.documents && count > 0; i += kQueryThreads) {
    Key key;
    if (!block.key_of(i, key)) continue;
    const Index better = better_documents(sorted, count, key);
    const bool tied = better < count && sorted[better].key == key;
    atomicAdd((tied ? at.equal : at.above) + better, 1u);
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    add_gaps(at.above, at.equal, count);
    made = counted_groups(job.queries, block.q, job.plan.exponential, sorted, count, at.above, at.equal, at.groups);
  }
  __syncthreads();
  block.finish(at.groups, made);
}

// What the threads of a selection share.
template <class Key>
struct Selection {
  unsigned digits[kDigits];
  unsigned filled, masks[kQueryWarps];
  Index retrieved, left, tied;  // left: of the cut, below the digits that are settled
  Key floor;                    // the key at the cut
};

// Digit by digit from the top: the key of rank `cut`, and how many documents share it.
template <class T, bool kBreakTies, class Key>
__device__ void find_floor(const QueryBlock<T, kBreakTies>& block, Index cut, Selection<Key>& at) {
  Key settled = 0;
  for (int shift = static_cast<int>(sizeof(Key)) * 8 - kDigitBits; shift >= 0; shift -= kDigitBits) {
    for (int d = static_cast<int>(threadIdx.x); d < kDigits; d += kQueryThreads) at.digits[d] = 0;
    if (threadIdx.x == 0 && settled == 0) at.left = cut, at.floor = 0;
    __syncthreads();
    for (Index i = threadIdx.x; i < block.documents; i += kQueryThreads)
      if (Key key; block.key_of(i, key) && (key & settled) == at.floor)
        atomicAdd(at.digits + static_cast<int>(key >> shift & (kDigits - 1)), 1u);
    __syncthreads();
    if (threadIdx.x == 0) {
      int digit = kDigits - 1;
      for (; at.left > static_cast<Index>(at.digits[digit]); --digit) at.left -= at.digits[digit];
      at.floor |= static_cast<Key>(digit) << shift;
      at.tied = at.digits[digit];
    }
    settled |= static_cast<Key>(kDigits - 1) << shift;
    __syncthreads();
  }
}

// The gains of the documents at the floor, later places first, as the CPU adds them up: warps look for them, one thread
// adds.
template <class T, bool kBreakTies, class Key>
__device__ void add_tie(const QueryBlock<T, kBreakTies>& block, Selection<Key>& at, TieGroup& group) {
  const JudgedQueries& queries = block.job.queries;
  const Index count = queries.graded_count(block.q);
  const std::uint32_t* const graded = queries.graded + queries.graded_offsets[block.q];
  for (Index done = 0; done < count; done += kQueryThreads) {
    const Index g = count - 1 - done - threadIdx.x;
    Key key = 0;
    const bool tied = g >= 0 && block.key_of(graded[g], key) && key == at.floor;
    const unsigned mask = __ballot_sync(0xffffffffu, tied);
    if (threadIdx.x % 32 == 0) at.masks[threadIdx.x / 32] = mask;
    __syncthreads();
    for (int warp = 0; warp < kQueryWarps && threadIdx.x == 0; ++warp)
      for (unsigned rest = at.masks[warp]; rest != 0; rest &= rest - 1) {
        const Index found = count - done - 32 * warp - __ffs(static_cast<int>(rest));
        add_document(queries, queries.relevance[block.first + graded[found]], block.job.plan.exponential, group);
      }
    __syncthreads();
  }
}

template <class T, bool kBreakTies>
static __global__ void select_ranks_kernel(QueryJob<T> job) {
  using Block = QueryBlock<T, kBreakTies>;
  using Key = typename Block::Key;
  BAKEOFF_STATIC_SHARED(at, Selection<Key>);
  BAKEOFF_DYNAMIC_SHARED(TieGroup, groups);  // cut of them, and as many documents
  auto* const best = reinterpret_cast<typename Block::Document*>(groups + job.plan.cut);
  const Block block(job);
  if (by_counting(job.plan, job.queries.graded_count(block.q))) return;
  if (threadIdx.x == 0) at.filled = 0, at.retrieved = 0;
  Index mine = 0;
  for (Index i = threadIdx.x; i < block.documents && job.scores.drop; i += kQueryThreads)
    mine += retrieved(job.scores(job.candidate, block.first + i));
  __syncthreads();
  if (job.scores.drop)
    atomicAdd(reinterpret_cast<unsigned long long*>(&at.retrieved), static_cast<unsigned long long>(mine));
  else if (threadIdx.x == 0)
    at.retrieved = block.documents;
  __syncthreads();
  const bool all = at.retrieved <= job.plan.cut;
  if (!all) find_floor(block, job.plan.cut, at);
  for (Index i = threadIdx.x; i < block.documents; i += kQueryThreads)
    if (Key key; block.key_of(i, key) && (all || key > at.floor))
      best[atomicAdd(&at.filled, 1u)] = {key, static_cast<std::uint32_t>(i)};
  __syncthreads();
  const auto count = static_cast<Index>(at.filled);
  Block::sort(best, count);
  TieGroup tie{static_cast<std::uint32_t>(count), all ? 0 : static_cast<std::uint32_t>(at.tied), 0, 0, 0};
  if (!all) add_tie(block, at, tie);
  if (threadIdx.x == 0) {
    at.left = selected_groups(job.queries, block.q, job.plan.exponential, best, count, groups);
    if (tie.gain > 0) groups[at.left++] = tie;
  }
  __syncthreads();
  block.finish(groups, at.left);
}

inline Index counting_places(const JudgedQueries& queries) { return queries.all_graded + queries.queries; }

template <class T, bool kBreakTies>
void launch_queries(Stream stream, QueryJob<T> job, double* values, void* scratch) {
  using Key = typename RankKey<T, kBreakTies>::Key;
  const Index n = job.queries.queries;
  if (n == 0) return;
  const Index candidates = job.scores.scores.extent(0);
  const bool selects = job.plan.cut <= kMaxSelected;
  const std::size_t shared = static_cast<std::size_t>(job.plan.cut) * (sizeof(TieGroup) + sizeof(RankedDocument<Key>));
  const dim3 grid(static_cast<unsigned>(n)), block(kQueryThreads);
  for (job.candidate = 0; job.candidate < candidates; ++job.candidate) {
    job.values = values + job.candidate * job.pass.count * n;
    launch(count_ranks_kernel<T, kBreakTies>, grid, block, 0, stream, job, scratch, counting_places(job.queries));
    if (selects) launch(select_ranks_kernel<T, kBreakTies>, grid, block, shared, stream, job);
  }
}

}  // namespace detail

std::size_t query_values_scratch_bytes(Stream, const JudgedQueries& queries) {
  return detail::CountingScratch::bytes(detail::counting_places(queries));
}

template <class T>
void query_values(Stream stream, const JudgedQueries& queries, const QueryScores<T>& scores, const QueryPass& pass,
                  double* values, void* scratch) {
  const detail::QueryJob<T> job{queries, scores, pass, detail::plan_of(pass), 0, nullptr};
  if (scores.break_ties)
    detail::launch_queries<T, true>(stream, job, values, scratch);
  else
    detail::launch_queries<T, false>(stream, job, values, scratch);
}

}  // namespace bakeoff::kernels

#include "kernels/drift/two_sample.h"

#include <algorithm>

namespace bakeoff::kernels {
namespace {

TwoSample chunk_of(const SortedPair& pair, Index chunk) {
  const Index begin = chunk * kChunkRows, end = std::min(begin + kChunkRows, pair.ranks());
  const Index i = merge_path(pair.a, pair.n, pair.b, pair.m, begin), j = begin - i;
  MergeWalk walk{pair.a + i, pair.b + j, pair.n - i, pair.m - j, i * pair.m - j * pair.n, pair.m, pair.n};
  TwoSample lanes[kLanes];
  for (Index lane = 0; lane < kLanes; ++lane) {
    TwoSample sum;
    const Index last = std::min(begin + (lane + 1) * kLaneRanks, end);
    for (Index rank = begin + lane * kLaneRanks; rank < last; ++rank) walk.step(sum);
    lanes[lane] = sum;
  }
  halve(lanes, kLanes, [](const TwoSample& x, const TwoSample& y) { return merge(x, y); });
  return lanes[0];
}

}  // namespace

void two_sample(const Workers& workers, const SortedPair& pair, TwoSample* out, void* scratch) {
  const Index chunks = chunk_count(pair.ranks());
  auto* const states = static_cast<TwoSample*>(scratch);
  workers.for_each(chunks, [&](Index chunk) { states[chunk] = chunk_of(pair, chunk); });
  if (chunks > 0) halve(states, chunks, [](const TwoSample& x, const TwoSample& y) { return merge(x, y); });
  *out = chunks > 0 ? states[0] : TwoSample{};
}

}  // namespace bakeoff::kernels

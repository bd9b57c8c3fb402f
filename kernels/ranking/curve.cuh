#pragma once
#include "kernels/launch.h"
#include "kernels/ranking/curve.h"

namespace bakeoff::kernels {
namespace detail {

// A thread takes a chunk: the order of reduction leaves nothing to share within one, and 1e6 rows are 245 of them. The
// sort before this takes far longer.
constexpr int kCurveThreads = 32;

struct CurveScratch {
  CurveChunk* chunks;
  CurveStart* starts;  // one more than chunks: the last is the whole
  double* values;      // [query][chunk]
};

inline CurveScratch cut_curve_scratch(Index chunks, void* scratch) {
  const auto aligned = [](std::size_t bytes) { return (bytes + 63) / 64 * 64; };
  char* const at = static_cast<char*>(scratch);
  const std::size_t first = aligned(sizeof(CurveChunk) * static_cast<std::size_t>(chunks));
  const std::size_t second = aligned(sizeof(CurveStart) * static_cast<std::size_t>(chunks + 1));
  return {reinterpret_cast<CurveChunk*>(at), reinterpret_cast<CurveStart*>(at + first),
          reinterpret_cast<double*>(at + first + second)};
}

template <class Fold>
__device__ void walk_chunk(const RankingView& ranking, const double* weights, Index chunk, Fold& fold) {
  const Index top = ranking.rows - 1 - chunk * kChunkRows, last = top - kChunkRows < -1 ? -1 : top - kChunkRows;
  for (Index rank = top; rank > last; --rank) {
    const std::uint8_t flags = ranking.flags[rank];
    fold.add(flags & kRankPositive, weights ? weights[ranking.row[rank]] : 1.0);
    if (flags & kRankBeginsGroup) fold.close();
  }
}

static __global__ void curve_chunks_kernel(RankingView ranking, const double* weights, CurveScratch at, Index chunks) {
  const Index chunk = static_cast<Index>(blockIdx.x) * kCurveThreads + threadIdx.x;
  if (chunk >= chunks) return;
  CurveChunk state;
  walk_chunk(ranking, weights, chunk, state);
  at.chunks[chunk] = state;
}

static __global__ void curve_starts_kernel(CurveScratch at, Index chunks) {
  CurveStart start;
  for (Index chunk = 0; chunk < chunks; ++chunk) {
    at.starts[chunk] = start;
    start = start + at.chunks[chunk];
  }
  at.starts[chunks] = start;
}

template <CurveKind kKind>
static __global__ void curve_values_kernel(RankingView ranking, const double* weights, CurveScratch at, Index chunks,
                                           double parameter, int query) {
  const Index chunk = static_cast<Index>(blockIdx.x) * kCurveThreads + threadIdx.x;
  if (chunk >= chunks) return;
  const CurveStart all = at.starts[chunks];
  CurveFold<kKind> fold{at.starts[chunk], parameter, all.positive, all.negative};
  walk_chunk(ranking, weights, chunk, fold);
  at.values[query * chunks + chunk] = fold.value;
}

static __global__ void curve_join_kernel(CurveScratch at, Index chunks, CurveKind kind, int query, CurveState* out) {
  CurveState state{0, at.starts[chunks].positive, at.starts[chunks].negative};
  for (Index chunk = 0; chunk < chunks; ++chunk)
    state.value = join_chunks(kind, state.value, at.values[query * chunks + chunk]);
  out[query] = state;
}

}  // namespace detail

void curve_states(Stream stream, const RankingView& ranking, const double* weights, const CurveQuery* queries,
                  int count, CurveState* out, void* scratch) {
  using namespace detail;
  const Index chunks = chunk_count(ranking.rows);
  const CurveScratch at = cut_curve_scratch(chunks, scratch);
  const dim3 grid(static_cast<unsigned>((chunks + kCurveThreads - 1) / kCurveThreads)), block(kCurveThreads), one(1);
  if (chunks > 0) launch(curve_chunks_kernel, grid, block, 0, stream, ranking, weights, at, chunks);
  launch(curve_starts_kernel, one, one, 0, stream, at, chunks);
  for (int q = 0; q < count; ++q) {
    if (chunks > 0)
      with_curve(queries[q].kind, [&]<CurveKind kKind>() {
        launch(curve_values_kernel<kKind>, grid, block, 0, stream, ranking, weights, at, chunks, queries[q].parameter,
               q);
      });
    launch(curve_join_kernel, one, one, 0, stream, at, chunks, queries[q].kind, q, out);
  }
}

}  // namespace bakeoff::kernels

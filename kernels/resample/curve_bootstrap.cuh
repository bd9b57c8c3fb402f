#pragma once
#include "kernels/launch.h"
#include "kernels/resample/curve_bootstrap.h"

namespace bakeoff::kernels {
namespace detail {

// A thread takes 8 resamples, which one call of Philox gives, over a chunk of ranks: all threads of a block see the
// same rank at the same time, so labels and ties never split a warp.
constexpr int kCurveDrawThreads = 128;
constexpr int kCurveStage = kCurveDrawThreads;  // ranks whose units are looked up at once, one a thread

struct CurveStage {
  std::int64_t unit[kCurveStage];
  double weight[kCurveStage];
  std::uint8_t flags[kCurveStage];
};

struct CurvePass {
  RankingView ranking;
  ResampleUnits units;
  RngKey key;
  const double* weights;
  std::uint32_t first_group;
  Index groups, resamples, chunks;
  CurveChunk* chunk;  // [chunk][resample]
  CurveStart* start;  // [chunk + 1][resample]: the last are the totals
  double* value;      // [chunk][resample]
};

// Calls add(i, positive, weight) for the block's chunk, rank by rank from the highest score down, for each of the
// thread's 8 resamples i, and close(i) after each group.
template <class Add, class Close>
__device__ void walk_draws(const CurvePass& pass, CurveStage& stage, bool idle, const Add& add, const Close& close) {
  const Index group = static_cast<Index>(blockIdx.y) * kCurveDrawThreads + threadIdx.x;
  const Index top = pass.ranking.rows - 1 - blockIdx.x * kChunkRows;
  const Index last = top - kChunkRows < -1 ? -1 : top - kChunkRows;
  for (Index first = top; first > last; first -= kCurveStage) {
    const int count = static_cast<int>(first - last < kCurveStage ? first - last : kCurveStage);
    const int at = static_cast<int>(threadIdx.x);
    __syncthreads();
    if (at < count) {
      const std::uint32_t row = pass.ranking.row[first - at];
      stage.flags[at] = pass.ranking.flags[first - at];
      stage.unit[at] = unit_id(pass.units, row);
      stage.weight[at] = pass.weights ? pass.weights[row] : 1.0;
    }
    __syncthreads();
    if (idle) continue;
    for (int r = 0; r < count; ++r) {
      const Counter block = weight_block(pass.key, stage.unit[r], pass.first_group + static_cast<std::uint32_t>(group));
      const bool positive = stage.flags[r] & kRankPositive, ends = stage.flags[r] & kRankBeginsGroup;
#pragma unroll
      for (int i = 0; i < kResamplesPerBlock; ++i) {
        add(i, positive, static_cast<double>(weight_of_field(block, i)) * stage.weight[r]);
        if (ends) close(i);
      }
    }
  }
}

// Grid {chunks, groups / kCurveDrawThreads}.
static __global__ void curve_draw_chunks_kernel(CurvePass pass) {
  BAKEOFF_STATIC_SHARED(stage, CurveStage);
  const Index first = (static_cast<Index>(blockIdx.y) * kCurveDrawThreads + threadIdx.x) * kResamplesPerBlock;
  CurveChunk chunk[kResamplesPerBlock];
  walk_draws(
      pass, stage, first >= pass.resamples,
      [&](int i, bool positive, double weight) { chunk[i].add(positive, weight); }, [&](int i) { chunk[i].close(); });
#pragma unroll
  for (int i = 0; i < kResamplesPerBlock; ++i)
    if (first + i < pass.resamples) pass.chunk[blockIdx.x * pass.resamples + first + i] = chunk[i];
}

// Grid {resamples / kCurveDrawThreads}.
static __global__ void curve_draw_starts_kernel(CurvePass pass) {
  const Index b = static_cast<Index>(blockIdx.x) * kCurveDrawThreads + threadIdx.x;
  if (b >= pass.resamples) return;
  CurveStart start;
  for (Index chunk = 0; chunk < pass.chunks; ++chunk) {
    pass.start[chunk * pass.resamples + b] = start;
    start = start + pass.chunk[chunk * pass.resamples + b];
  }
  pass.start[pass.chunks * pass.resamples + b] = start;
}

// The grid of curve_draw_chunks_kernel.
template <CurveKind kKind>
static __global__ void curve_draw_values_kernel(CurvePass pass, double parameter) {
  BAKEOFF_STATIC_SHARED(stage, CurveStage);
  const Index first = (static_cast<Index>(blockIdx.y) * kCurveDrawThreads + threadIdx.x) * kResamplesPerBlock;
  CurveFold<kKind> fold[kResamplesPerBlock] = {};
#pragma unroll
  for (int i = 0; i < kResamplesPerBlock; ++i) {
    if (first + i >= pass.resamples) continue;
    [[maybe_unused]] const CurveStart all = pass.start[pass.chunks * pass.resamples + first + i];
    fold[i] = {pass.start[blockIdx.x * pass.resamples + first + i], parameter, all.positive, all.negative};
  }
  walk_draws(
      pass, stage, first >= pass.resamples, [&](int i, bool positive, double weight) { fold[i].add(positive, weight); },
      [&](int i) { fold[i].close(); });
#pragma unroll
  for (int i = 0; i < kResamplesPerBlock; ++i)
    if (first + i < pass.resamples) pass.value[blockIdx.x * pass.resamples + first + i] = fold[i].value;
}

// Grid {resamples / kCurveDrawThreads}.
static __global__ void curve_draw_join_kernel(CurvePass pass, CurveKind kind, CurveState* out) {
  const Index b = static_cast<Index>(blockIdx.x) * kCurveDrawThreads + threadIdx.x;
  if (b >= pass.resamples) return;
  const CurveStart all = pass.start[pass.chunks * pass.resamples + b];
  CurveState state{0, all.positive, all.negative};
  for (Index chunk = 0; chunk < pass.chunks; ++chunk)
    state.value = join_chunks(kind, state.value, pass.value[chunk * pass.resamples + b]);
  out[b] = state;
}

}  // namespace detail

std::size_t curve_bootstrap_scratch_bytes(Stream, const RankingView* rankings, Index count,
                                          const Resamples& resamples) {
  Index chunks = 0;
  for (Index m = 0; m < count; ++m)
    chunks = chunk_count(rankings[m].rows) > chunks ? chunk_count(rankings[m].rows) : chunks;
  const auto b = static_cast<std::size_t>(resamples.count), c = static_cast<std::size_t>(chunks);
  return b * (c * (sizeof(CurveChunk) + sizeof(CurveStart) + sizeof(double)) + sizeof(CurveStart));
}

void curve_bootstrap(Stream stream, const RankingView* rankings, Index count, const ResampleUnits& units,
                     const double* weights, const CurveQuery* queries, int query_count, const Resamples& resamples,
                     TensorView<CurveState, 3> out, void* scratch) {
  using namespace detail;
  const auto blocks = [](Index n) { return static_cast<unsigned>((n + kCurveDrawThreads - 1) / kCurveDrawThreads); };
  if (resamples.count == 0) return;
  const Index groups = (resamples.count + kResamplesPerBlock - 1) / kResamplesPerBlock;
  for (Index m = 0; m < count; ++m) {
    const Index chunks = chunk_count(rankings[m].rows), cells = chunks * resamples.count;
    auto* const chunk = static_cast<CurveChunk*>(scratch);
    auto* const start = reinterpret_cast<CurveStart*>(chunk + cells);
    const CurvePass pass{rankings[m],
                         units,
                         resamples.key,
                         weights,
                         resamples.first_group(),
                         groups,
                         resamples.count,
                         chunks,
                         chunk,
                         start,
                         reinterpret_cast<double*>(start + cells + resamples.count)};
    const dim3 grid(static_cast<unsigned>(chunks), blocks(groups)), block(kCurveDrawThreads),
        each(blocks(resamples.count));
    if (chunks > 0) launch(curve_draw_chunks_kernel, grid, block, 0, stream, pass);
    launch(curve_draw_starts_kernel, each, block, 0, stream, pass);
    for (int q = 0; q < query_count; ++q) {
      if (chunks > 0)
        with_curve(queries[q].kind, [&]<CurveKind kKind>() {
          launch(curve_draw_values_kernel<kKind>, grid, block, 0, stream, pass, queries[q].parameter);
        });
      launch(curve_draw_join_kernel, each, block, 0, stream, pass, queries[q].kind, &out(q, m, 0));
    }
  }
}

}  // namespace bakeoff::kernels

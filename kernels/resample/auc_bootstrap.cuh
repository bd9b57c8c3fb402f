#pragma once
#include "kernels/launch.h"
#include "kernels/order.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff::kernels {
namespace detail {

// A thread takes 8 resamples, which one call of Philox gives, over a chunk of ranks: all threads of a block see the
// same rank at the same time, so labels and ties never split a warp.
constexpr int kAucThreads = 128;
// Ranks whose units are looked up at once, one a thread.
constexpr int kAucStage = kAucThreads;
// Integer sums don't care; those of sample weights keep the one order of reduction.
constexpr Index kAucChunkRanks = 1024;
template <class T>
constexpr Index kAucChunk = std::is_floating_point_v<T> ? kChunkRows : kAucChunkRanks;
// Rankings of one launch: they travel as its parameter.
constexpr Index kAucRankings = 32;
// Partial states held at once, and weights of all units in all resamples: within these.
constexpr Index kAucPartialBytes = Index{128} << 20;
constexpr Index kAucTableBytes = Index{256} << 20;

template <class T>
using AucSum = std::conditional_t<std::is_floating_point_v<T>, double, std::uint32_t>;

struct AucRankings {
  RankingView ranking[kAucRankings];
};

// How the work is cut: by sizes alone, so that the host's scratch and the launches agree.
struct AucDevicePlan {
  Index chunks = 0;    // of the longest ranking
  Index groups = 0;    // of 8 resamples
  Index rankings = 1;  // taken at once
  bool table = false;  // weights drawn once for all units

  template <class T>
  static AucDevicePlan make(const RankingView* rankings, Index count, const ResampleUnits& units,
                            const Resamples& resamples) {
    AucDevicePlan plan;
    Index longest = 0, total = 0;
    for (Index m = 0; m < count; ++m) {
      longest = rankings[m].rows > longest ? rankings[m].rows : longest;
      total += rankings[m].rows;
    }
    plan.chunks = (longest + kAucChunk<T> - 1) / kAucChunk<T>;
    plan.groups = (resamples.count + kResamplesPerBlock - 1) / kResamplesPerBlock;
    const Index bytes = plan.chunks * resamples.count * static_cast<Index>(sizeof(AucState<T>));
    const Index fit = kAucPartialBytes / (bytes > 0 ? bytes : 1);
    plan.rankings = fit < 1 ? 1 : fit > kAucRankings ? kAucRankings : fit;
    plan.rankings = plan.rankings > count ? count : plan.rankings;
    plan.table = units.count <= total / 2 && units.count * plan.groups * kResamplesPerBlock <= kAucTableBytes;
    return plan;
  }
  template <class T>
  std::size_t partial_bytes(const Resamples& resamples) const {
    return sizeof(AucState<T>) * static_cast<std::size_t>(rankings * chunks * resamples.count);
  }
  std::size_t table_bytes(const ResampleUnits& units) const {
    return table ? sizeof(std::uint64_t) * static_cast<std::size_t>(units.count * groups) : 0;
  }
};

template <class T>
struct AucPass {
  AucRankings rankings;
  ResampleUnits units;
  RngKey key;
  const double* weights;       // by row, where T is double
  const std::uint64_t* table;  // [unit][group], or nullptr
  std::uint32_t first_group;
  Index groups, resamples, chunks;
  AucState<T>* partial;  // [ranking][chunk][resample]
};

// The weights of a unit in 8 resamples, a byte each.
__device__ inline std::uint64_t packed_draws(RngKey key, std::int64_t unit, std::uint32_t group) {
  const Counter block = weight_block(key, unit, group);
  std::uint64_t packed = 0;
#pragma unroll
  for (int field = 0; field < kResamplesPerBlock; ++field)
    packed |= static_cast<std::uint64_t>(weight_of_field(block, field)) << (8 * field);
  return packed;
}

// What the block's threads need of some ranks, looked up once.
template <class T>
struct AucStage {
  std::int64_t unit[kAucStage];  // its id, or its place in the table
  double weight[std::is_floating_point_v<T> ? kAucStage : 1];
  std::uint8_t flags[kAucStage];

  __device__ void load(const AucPass<T>& pass, const RankingView& ranking, Index rank, int at) {
    const std::uint32_t row = ranking.row[rank];
    flags[at] = ranking.flags[rank];
    unit[at] = pass.table ? unit_place(pass.units, row) : unit_id(pass.units, row);
    if constexpr (std::is_floating_point_v<T>) weight[at] = pass.weights[row];
  }
};

template <class T>
using AucFolds = AucFold<T, AucSum<T>>[kResamplesPerBlock];

template <class T>
__device__ void fold_rank(AucFolds<T>& fold, std::uint64_t draws, bool positive, double weight) {
#pragma unroll
  for (int i = 0; i < kResamplesPerBlock; ++i) {
    const auto drawn = static_cast<std::uint32_t>(draws >> (8 * i) & 0xff);
    if constexpr (std::is_floating_point_v<T>) {
      fold[i].add(positive, static_cast<double>(drawn) * weight);
    } else {
      fold[i].add(positive, drawn);
    }
  }
}

// Grid {chunks, groups / kAucThreads, rankings}.
template <class T>
static __global__ void auc_fold_kernel(AucPass<T> pass) {
  BAKEOFF_STATIC_SHARED(stage, AucStage<T>);
  const RankingView& ranking = pass.rankings.ranking[blockIdx.z];
  const Index begin = blockIdx.x * kAucChunk<T>;
  const Index end = begin + kAucChunk<T> < ranking.rows ? begin + kAucChunk<T> : ranking.rows;
  const Index group = static_cast<Index>(blockIdx.y) * kAucThreads + threadIdx.x;
  AucState<T>* const out = pass.partial + (blockIdx.z * pass.chunks + blockIdx.x) * pass.resamples;
  const int left = static_cast<int>(pass.resamples - group * kResamplesPerBlock);
  const int resamples = group >= pass.groups ? 0 : left < kResamplesPerBlock ? left : kResamplesPerBlock;
  if (begin >= end) {  // a ranking shorter than the longest
    for (int i = 0; i < resamples; ++i) out[group * kResamplesPerBlock + i] = AucState<T>{};
    return;
  }
  AucFolds<T> fold;
  for (Index first = begin; first < end; first += kAucStage) {
    const int count = static_cast<int>(end - first < kAucStage ? end - first : kAucStage);
    __syncthreads();
    if (static_cast<int>(threadIdx.x) < count) stage.load(pass, ranking, first + threadIdx.x, threadIdx.x);
    __syncthreads();
    if (resamples == 0) continue;
    for (int r = 0; r < count; ++r) {
      if (stage.flags[r] & kRankBeginsGroup && !(r == 0 && first == begin)) {
#pragma unroll
        for (int i = 0; i < kResamplesPerBlock; ++i) fold[i].close_group();
      }
      const std::uint64_t draws =
          pass.table ? pass.table[stage.unit[r] * pass.groups + group]
                     : packed_draws(pass.key, stage.unit[r], pass.first_group + static_cast<std::uint32_t>(group));
      fold_rank<T>(fold, draws, stage.flags[r] & kRankPositive, std::is_floating_point_v<T> ? stage.weight[r] : 1.0);
    }
  }
  const bool continues = !(ranking.flags[begin] & kRankBeginsGroup);
#pragma unroll
  for (int i = 0; i < kResamplesPerBlock; ++i)
    if (i < resamples) out[group * kResamplesPerBlock + i] = fold[i].state(continues);
}

// Grid {units x groups / kAucThreads}.
static __global__ void auc_table_kernel(ResampleUnits units, RngKey key, std::uint32_t first_group, Index groups,
                                        std::uint64_t* table) {
  const Index i = static_cast<Index>(blockIdx.x) * kAucThreads + threadIdx.x;
  if (i >= units.count * groups) return;
  const Index unit = i / groups;
  table[i] = packed_draws(key, units.ids ? units.ids[unit] : units.first_id + unit,
                          first_group + static_cast<std::uint32_t>(i % groups));
}

// Grid {resamples / kAucThreads, rankings}: merges a ranking's chunks.
template <class T>
static __global__ void auc_merge_kernel(AucPass<T> pass, AucState<T>* out) {
  const Index resample = static_cast<Index>(blockIdx.x) * kAucThreads + threadIdx.x;
  if (resample >= pass.resamples) return;
  AucState<T>* const partial = pass.partial + blockIdx.y * pass.chunks * pass.resamples + resample;
  merge_neighbours(partial, pass.chunks, pass.resamples);
  out[blockIdx.y * pass.resamples + resample] = pass.chunks > 0 ? *partial : AucState<T>{};
}

template <class T>
void bootstrap_auc(Stream stream, const RankingView* rankings, Index count, const ResampleUnits& units,
                   const double* weights, const Resamples& resamples, AucState<T>* out, void* scratch) {
  if (count == 0 || resamples.count == 0) return;
  const AucDevicePlan plan = AucDevicePlan::make<T>(rankings, count, units, resamples);
  AucPass<T> pass{{},
                  units,
                  resamples.key,
                  weights,
                  nullptr,
                  resamples.first_group(),
                  plan.groups,
                  resamples.count,
                  plan.chunks,
                  static_cast<AucState<T>*>(scratch)};
  const auto blocks = [](Index threads) { return static_cast<unsigned>((threads + kAucThreads - 1) / kAucThreads); };
  if (plan.table && units.count > 0) {
    auto* const table =
        reinterpret_cast<std::uint64_t*>(static_cast<char*>(scratch) + plan.partial_bytes<T>(resamples));
    launch(auc_table_kernel, dim3(blocks(units.count * plan.groups)), dim3(kAucThreads), 0, stream, units,
           resamples.key, pass.first_group, plan.groups, table);
    pass.table = table;
  }
  for (Index first = 0; first < count; first += plan.rankings) {
    const Index here = count - first < plan.rankings ? count - first : plan.rankings;
    for (Index m = 0; m < here; ++m) pass.rankings.ranking[m] = rankings[first + m];
    const auto z = static_cast<unsigned>(here);
    if (plan.chunks > 0)
      launch(auc_fold_kernel<T>, dim3(static_cast<unsigned>(plan.chunks), blocks(plan.groups), z), dim3(kAucThreads), 0,
             stream, pass);
    launch(auc_merge_kernel<T>, dim3(blocks(resamples.count), z), dim3(kAucThreads), 0, stream, pass,
           out + first * resamples.count);
  }
}

template <class T>
std::size_t bootstrap_auc_scratch_bytes(const RankingView* rankings, Index count, const ResampleUnits& units,
                                        const Resamples& resamples) {
  const AucDevicePlan plan = AucDevicePlan::make<T>(rankings, count, units, resamples);
  return plan.partial_bytes<T>(resamples) + plan.table_bytes(units);
}

}  // namespace detail

std::size_t auc_bootstrap_scratch_bytes(Stream, const RankingView* rankings, Index count, const ResampleUnits& units,
                                        const Resamples& resamples) {
  return detail::bootstrap_auc_scratch_bytes<std::uint64_t>(rankings, count, units, resamples);
}

void auc_bootstrap(Stream stream, const RankingView* rankings, Index count, const ResampleUnits& units,
                   const Resamples& resamples, TensorView<AucState<std::uint64_t>, 2> out, void* scratch) {
  detail::bootstrap_auc<std::uint64_t>(stream, rankings, count, units, nullptr, resamples, out.data, scratch);
}

std::size_t weighted_auc_bootstrap_scratch_bytes(Stream, const RankingView* rankings, Index count,
                                                 const ResampleUnits& units, const Resamples& resamples) {
  return detail::bootstrap_auc_scratch_bytes<double>(rankings, count, units, resamples);
}

void weighted_auc_bootstrap(Stream stream, const RankingView* rankings, Index count, const ResampleUnits& units,
                            const double* weights, const Resamples& resamples, TensorView<AucState<double>, 2> out,
                            void* scratch) {
  detail::bootstrap_auc<double>(stream, rankings, count, units, weights, resamples, out.data, scratch);
}

}  // namespace bakeoff::kernels

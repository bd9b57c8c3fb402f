#include <algorithm>
#include <cstring>

#include "kernels/order.h"
#include "kernels/resample/auc_bootstrap.h"
#include "kernels/resample/auc_bootstrap_weighted_simd.h"
#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {
namespace {

constexpr int kGroupsPerTile = kAucLanes / kResamplesPerBlock;
constexpr int kRanksAtOnce = 256;
// States of this many (chunk, tile) are held together, so that short rankings keep all workers busy too.
constexpr Index kStatesAtOnce = 64;

using State = AucState<double>;

Index tiles_at_once(Index chunks) { return std::max<Index>(1, kStatesAtOnce / std::max<Index>(chunks, 1)); }

struct Job {
  const RankingView& ranking;
  const ResampleUnits& units;
  const double* weights;
  RngKey key;
  Isa isa;
};

// The 64 states of a chunk in a tile of resamples.
void fold_chunk(const Job& job, Index chunk, std::uint32_t first_group, State* states) {
  const Index begin = chunk * kChunkRows, end = std::min(begin + kChunkRows, job.ranking.rows);
  std::int64_t ids[kRanksAtOnce];
  double weights[kRanksAtOnce];
  alignas(64) std::uint8_t drawn[kRanksAtOnce * kAucLanes];
  WeightedAucTile tile;
  std::memset(static_cast<void*>(&tile), 0, sizeof tile);
  tile.head_open = true;
  for (Index rank = begin; rank < end; rank += kRanksAtOnce) {
    const int count = static_cast<int>(std::min<Index>(kRanksAtOnce, end - rank));
    for (int r = 0; r < count; ++r) {
      const std::uint32_t row = job.ranking.row[rank + r];
      ids[r] = unit_id(job.units, row);
      weights[r] = job.weights[row];
    }
    fill_weights({job.key, ids, 0, count, first_group, kGroupsPerTile}, drawn, job.isa);
    const WeightedRanks ranks{job.ranking.flags + rank, weights, drawn, count, rank == begin};
    BAKEOFF_FOR_ISA(job.isa, fold_weighted(ranks, tile));
  }
  const bool continues = !(job.ranking.flags[begin] & kRankBeginsGroup);
  for (int i = 0; i < kAucLanes; ++i) {
    const AucFold<double> fold{tile.area2[i],         tile.positive[i],      tile.negative[i],
                               tile.open_positive[i], tile.open_negative[i], tile.head_positive[i],
                               tile.head_negative[i], tile.head_open};
    states[i] = fold.state(continues);
  }
}

}  // namespace

std::size_t weighted_auc_bootstrap_scratch_bytes(Index rows) {
  const Index chunks = chunk_count(rows);
  return sizeof(State) * static_cast<std::size_t>(chunks * tiles_at_once(chunks) * kAucLanes);
}

void weighted_auc_bootstrap(const Workers& workers, const RankingView* rankings, Index count,
                            const ResampleUnits& units, const double* weights, const Resamples& resamples,
                            TensorView<AucState<double>, 2> out, void* scratch, Isa isa) {
  const Index tiles = (resamples.count + kAucLanes - 1) / kAucLanes;
  auto* const states = static_cast<State*>(scratch);  // (tiles at once, 64, chunks)
  for (Index m = 0; m < count; ++m) {
    const Job job{rankings[m], units, weights, resamples.key, isa};
    const Index chunks = chunk_count(rankings[m].rows), step = tiles_at_once(chunks);
    for (Index first = 0; first < tiles; first += step) {
      const Index here = std::min(step, tiles - first);
      workers.for_each(here * chunks, [&](Index item) {
        const Index tile = item / chunks, chunk = item % chunks;
        State mine[kAucLanes];
        const auto group = static_cast<std::uint32_t>((first + tile) * kGroupsPerTile) + resamples.first_group();
        fold_chunk(job, chunk, group, mine);
        for (Index i = 0; i < kAucLanes; ++i) states[(tile * kAucLanes + i) * chunks + chunk] = mine[i];
      });
      workers.for_each(std::min<Index>(here * kAucLanes, resamples.count - first * kAucLanes), [&](Index i) {
        if (chunks > 0) merge_neighbours(states + i * chunks, chunks);
        out(m, first * kAucLanes + i) = chunks > 0 ? states[i * chunks] : State{};
      });
    }
  }
}

}  // namespace bakeoff::kernels

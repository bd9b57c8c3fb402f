#include "kernels/resample/auc_bootstrap.h"

#include <cstring>

#include "kernels/resample/auc_bootstrap_span.h"
#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {
namespace {

constexpr int kGroupsPerTile = kAucLanes / kResamplesPerBlock;
// A chunk below this is mostly its own beginning and end.
constexpr Index kMinChunkRanks = 4096;
// The negatives of a chunk are counted in 32 bits.
constexpr Index kMaxChunkRanks = Index{1} << 28;
// Tables of weights: beyond this they would be read from main memory, and drawing again is as fast.
constexpr Index kMaxTableBytes = Index{64} << 20;
// Tables of several tiles are held together up to this. 64 candidates x 100,000 rows, B = 1000 (2 cores, AVX-512): 1.8
// s of CPU and 65 MiB with 32 MiB, 2.4 s and 95 MiB with 64.
constexpr Index kTablesAtOnce = Index{32} << 20;
constexpr Index kMaxTilesAtOnce = 32;

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

struct Chunk {
  Index ranking, begin, end;
};

// How the work is cut. None of it can be seen in the answer.
struct Plan {
  Index tiles = 0;          // of 64 resamples
  Index tiles_at_once = 1;  // whose weights and states are held together
  Index chunks = 0;         // of all rankings
  Index total_ranks = 0, wanted_chunks = 1;
  bool table = false;  // weights are drawn once for all units and looked up, instead of drawn for each rank

  Plan(const Workers& workers, const RankingView* rankings, Index count, const ResampleUnits& units,
       const Resamples& resamples) {
    tiles = (resamples.count + kAucLanes - 1) / kAucLanes;
    for (Index m = 0; m < count; ++m) total_ranks += rankings[m].rows;
    wanted_chunks = workers.threads() == 1 ? 1 : Index{8} * workers.threads();
    for (Index m = 0; m < count; ++m) chunks += chunks_of(rankings[m].rows);
    const Index tile_bytes = units.count * kAucLanes;
    table = units.count <= total_ranks / 2 && tile_bytes <= kMaxTableBytes;
    tiles_at_once = std::min(tiles, kMaxTilesAtOnce);
    if (table && tile_bytes > 0) tiles_at_once = std::clamp<Index>(kTablesAtOnce / tile_bytes, 1, tiles_at_once);
  }

  Index chunks_of(Index rows) const {
    if (rows == 0) return 0;
    const Index fair = (rows * wanted_chunks + total_ranks - 1) / total_ranks;
    return std::max(std::min(fair, std::max<Index>(rows / kMinChunkRanks, 1)),
                    (rows + kMaxChunkRanks - 1) / kMaxChunkRanks);
  }
};

struct Scratch {
  Chunk* chunks;
  AucTile* tiles;         // chunks x tiles_at_once
  std::uint8_t* weights;  // tiles_at_once x units x 64, in table mode
  std::size_t bytes = 0;

  Scratch(const Plan& plan, const ResampleUnits& units, void* base) {
    const auto take = [&](auto*& p, Index n) {
      p = reinterpret_cast<std::remove_reference_t<decltype(p)>>(static_cast<char*>(base) + bytes);
      bytes += aligned(sizeof *p * static_cast<std::size_t>(n));
    };
    take(chunks, plan.chunks);
    take(tiles, plan.chunks * plan.tiles_at_once);
    take(weights, plan.table ? plan.tiles_at_once * units.count * kAucLanes : 0);
  }
};

// What a task knows.
struct Job {
  const RankingView* rankings;
  const ResampleUnits& units;
  RngKey key;
  Isa isa;
  bool table;
  std::uint32_t first_group;  // of the first of the tiles at hand
  Index tiles;
  const std::uint8_t* weights;
};

void fold_span_in_tiles(const Job& job, const std::uint32_t* rows, const AucSpan& span, AucTile* tiles) {
  std::uint32_t place[kAucSpanRanks];
  std::int64_t ids[kAucSpanRanks];
  alignas(64) std::uint8_t drawn[kAucSpanRanks * kAucLanes];
  for (int r = 0; r < span.ranks; ++r) {
    place[r] = job.table ? static_cast<std::uint32_t>(unit_place(job.units, rows[r])) : static_cast<std::uint32_t>(r);
    if (!job.table) ids[r] = unit_id(job.units, rows[r]);
  }
  for (Index t = 0; t < job.tiles; ++t) {
    AucWeights weights{drawn, place};
    if (job.table) {
      weights.weights = job.weights + t * job.units.count * kAucLanes;
    } else {
      const auto group = job.first_group + static_cast<std::uint32_t>(t * kGroupsPerTile);
      fill_weights({job.key, ids, 0, span.ranks, group, kGroupsPerTile}, drawn, job.isa);
    }
    BAKEOFF_FOR_ISA(job.isa, fold_span(span, weights, tiles[t]));
  }
}

void fold_chunk(const Job& job, const Chunk& chunk, AucTile* tiles) {
  const RankingView& ranking = job.rankings[chunk.ranking];
  std::memset(static_cast<void*>(tiles), 0, sizeof *tiles * static_cast<std::size_t>(job.tiles));
  AucSpanBuilder builder(ranking, chunk.begin, chunk.end);
  AucSpan span;
  while (!builder.done()) {
    const std::uint32_t* const rows = ranking.row + builder.next();
    builder.build(span);
    fold_span_in_tiles(job, rows, span, tiles);
  }
}

AucState<std::uint64_t> state_of(const AucTile& tile, int lane, bool one_group, bool continues) {
  AucFold<std::uint64_t> fold;
  fold.positive = tile.positive[lane];
  fold.negative = tile.negative[lane];
  fold.area2 = tile.area2[lane];
  fold.open_positive = tile.open_positive[lane];
  fold.open_negative = tile.open_negative[lane];
  fold.head_positive = tile.head_positive[lane];
  fold.head_negative = tile.head_negative[lane];
  fold.head_open = one_group;
  return fold.state(continues);
}

void list_chunks(const Plan& plan, const RankingView* rankings, Index count, Chunk* chunks) {
  for (Index m = 0; m < count; ++m) {
    const Index parts = plan.chunks_of(rankings[m].rows), rows = rankings[m].rows;
    for (Index part = 0; part < parts; ++part)
      *chunks++ = {m, rows / parts * part + std::min(part, rows % parts),
                   rows / parts * (part + 1) + std::min(part + 1, rows % parts)};
  }
}

void draw_tables(const Workers& workers, const Job& job, std::uint8_t* weights) {
  constexpr Index kUnits = 4096;
  const Index parts = (job.units.count + kUnits - 1) / kUnits;
  workers.for_each(job.tiles * parts, [&](Index item) {
    const Index t = item / parts, first = item % parts * kUnits;
    const WeightTile tile{job.key,
                          job.units.ids ? job.units.ids + first : nullptr,
                          job.units.first_id + first,
                          std::min(kUnits, job.units.count - first),
                          job.first_group + static_cast<std::uint32_t>(t * kGroupsPerTile),
                          kGroupsPerTile};
    fill_weights(tile, weights + (t * job.units.count + first) * kAucLanes, job.isa);
  });
}

// Merges the chunks of each ranking and writes the states of resamples [first, first + 64 * job.tiles).
void write_states(const Workers& workers, const Job& job, const Scratch& scratch, Index chunk_count, Index first,
                  TensorView<AucState<std::uint64_t>, 2> out) {
  workers.for_each(out.extent(0), [&](Index m) {
    const Index end = std::min(first + job.tiles * kAucLanes, out.extent(1));
    for (Index b = first; b < end; ++b) out(m, b) = {};
    const auto before = [&](const Chunk& chunk) { return chunk.ranking < m; };
    const Chunk *const chunks = scratch.chunks, *const chunks_end = chunks + chunk_count;
    for (const Chunk* chunk = std::partition_point(chunks, chunks_end, before);
         chunk != chunks_end && chunk->ranking == m; ++chunk) {
      const RankingView& ranking = job.rankings[m];
      const bool one_group = AucSpanBuilder(ranking, chunk->begin, chunk->end).one_group();
      const bool continues = !(ranking.flags[chunk->begin] & kRankBeginsGroup);
      const AucTile* const tiles = scratch.tiles + (chunk - chunks) * job.tiles;
      for (Index b = first; b < end; ++b)
        out(m, b) = merge(out(m, b), state_of(tiles[(b - first) / kAucLanes], static_cast<int>((b - first) % kAucLanes),
                                              one_group, continues));
    }
  });
}

}  // namespace

std::size_t auc_bootstrap_scratch_bytes(const Workers& workers, const RankingView* rankings, Index count,
                                        const ResampleUnits& units, const Resamples& resamples) {
  return Scratch(Plan(workers, rankings, count, units, resamples), units, nullptr).bytes;
}

void auc_bootstrap(const Workers& workers, const RankingView* rankings, Index count, const ResampleUnits& units,
                   const Resamples& resamples, TensorView<AucState<std::uint64_t>, 2> out, void* scratch, Isa isa) {
  const Plan plan(workers, rankings, count, units, resamples);
  const Scratch at(plan, units, scratch);
  list_chunks(plan, rankings, count, at.chunks);
  for (Index tile = 0; tile < plan.tiles; tile += plan.tiles_at_once) {
    const auto group = resamples.first_group() + static_cast<std::uint32_t>(tile * kGroupsPerTile);
    const Job job{
        rankings,  units, resamples.key, isa, plan.table, group, std::min(plan.tiles_at_once, plan.tiles - tile),
        at.weights};
    if (plan.table) draw_tables(workers, job, at.weights);
    workers.for_each(plan.chunks,
                     [&](Index chunk) { fold_chunk(job, at.chunks[chunk], at.tiles + chunk * job.tiles); });
    write_states(workers, job, at, plan.chunks, tile * kAucLanes, out);
  }
}

}  // namespace bakeoff::kernels

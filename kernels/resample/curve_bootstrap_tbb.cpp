// A task is one ranking in one tile of 64 resamples, from its first rank to its last: no prefix has to be known before,
// and the weights are drawn once. Two walks where a curve needs the totals of the resample first.
#include <algorithm>
#include <cstring>

#include "kernels/resample/curve_bootstrap.h"
#include "kernels/resample/curve_bootstrap_simd.h"
#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {
namespace {

constexpr int kGroupsPerTile = kCurveLanes / kResamplesPerBlock;
// Tables of weights: as in auc_bootstrap_tbb.cpp.
constexpr Index kMaxTableBytes = Index{64} << 20;
constexpr Index kMaxTilesAtOnce = 32;

struct Plan {
  Index tiles = 0, tiles_at_once = 1;
  bool table = false;  // weights are drawn once for all units and looked up, instead of drawn for each rank

  Plan(const RankingView* rankings, Index count, const ResampleUnits& units, const Resamples& resamples) {
    tiles = (resamples.count + kCurveLanes - 1) / kCurveLanes;
    Index ranks = 0;
    for (Index m = 0; m < count; ++m) ranks += rankings[m].rows;
    const Index tile_bytes = units.count * kCurveLanes;
    table = units.count <= ranks / 2 && tile_bytes <= kMaxTableBytes;
    tiles_at_once = table && tile_bytes > 0
                        ? std::clamp<Index>(kMaxTableBytes / tile_bytes, 1, std::min(tiles, kMaxTilesAtOnce))
                        : tiles;
  }
};

struct Job {
  const ResampleUnits& units;
  const double* weights;
  RngKey key;
  Isa isa;
  std::uint32_t first_group;  // of the tile
  const std::uint8_t* table;  // of the tile, or nullptr
};

// Calls use(ranks, ends a chunk) for spans of ranks, from the highest score down.
template <class Use>
void for_each_span(const Job& job, const RankingView& ranking, const Use& use) {
  std::uint8_t flags[kCurveSpanRanks];
  std::int64_t ids[kCurveSpanRanks];
  std::uint32_t place[kCurveSpanRanks];
  double weights[kCurveSpanRanks];
  alignas(64) std::uint8_t drawn[kCurveSpanRanks * kCurveLanes];
  static_assert(kChunkRows % kCurveSpanRanks == 0);
  for (Index done = 0; done < ranking.rows; done += kCurveSpanRanks) {
    const int count = static_cast<int>(std::min<Index>(kCurveSpanRanks, ranking.rows - done));
    const Index top = ranking.rows - 1 - done;
    for (int r = 0; r < count; ++r) {
      const std::uint32_t row = ranking.row[top - r];
      flags[r] = ranking.flags[top - r];
      place[r] = static_cast<std::uint32_t>(job.table ? unit_place(job.units, row) : r);
      if (!job.table) ids[r] = unit_id(job.units, row);
      if (job.weights) weights[r] = job.weights[row];
    }
    if (!job.table) fill_weights({job.key, ids, 0, count, job.first_group, kGroupsPerTile}, drawn, job.isa);
    const bool last = (done + kCurveSpanRanks) % kChunkRows == 0 || done + count == ranking.rows;
    use(CurveRanks{flags, job.weights ? weights : nullptr, job.table ? job.table : drawn, place, count}, last);
  }
}

void clear(CurveTile& tile) { std::memset(static_cast<void*>(&tile), 0, sizeof tile); }

CurveTotals totals_of(const Job& job, const RankingView& ranking) {
  CurveTile tile;
  clear(tile);
  double none[kCurveLanes] = {};
  for_each_span(job, ranking, [&](const CurveRanks& ranks, bool last) {
    BAKEOFF_FOR_ISA(job.isa, add_curve_weights(ranks, tile));
    if (last) BAKEOFF_FOR_ISA(job.isa, end_curve_chunk(CurveKind::average_precision, tile, none));
  });
  CurveTotals totals;
  std::copy_n(tile.start_positive, kCurveLanes, totals.positive);
  std::copy_n(tile.start_negative, kCurveLanes, totals.negative);
  return totals;
}

struct Answers {
  CurveTile tile[kMaxCurves];
  double value[kMaxCurves][kCurveLanes];
};

void fold_ranking(const Job& job, const RankingView& ranking, const CurveQuery* queries, int count, Answers& out) {
  CurveTotals totals;
  if (std::any_of(queries, queries + count, [](const CurveQuery& q) { return curve_needs_totals(q.kind); }))
    totals = totals_of(job, ranking);
  for (int q = 0; q < count; ++q) {
    clear(out.tile[q]);
    std::fill_n(out.value[q], kCurveLanes, 0.0);
  }
  for_each_span(job, ranking, [&](const CurveRanks& ranks, bool last) {
    for (int q = 0; q < count; ++q) {
      BAKEOFF_FOR_ISA(job.isa, fold_curve(ranks, queries[q], &totals, out.tile[q]));
      if (last) BAKEOFF_FOR_ISA(job.isa, end_curve_chunk(queries[q].kind, out.tile[q], out.value[q]));
    }
  });
}

void draw_tables(const Workers& workers, const Job& job, Index tiles, std::uint8_t* table) {
  constexpr Index kUnits = 4096;
  const Index parts = (job.units.count + kUnits - 1) / kUnits;
  workers.for_each(tiles * parts, [&](Index item) {
    const Index tile = item / parts, first = item % parts * kUnits;
    const WeightTile piece{job.key,
                           job.units.ids ? job.units.ids + first : nullptr,
                           job.units.first_id + first,
                           std::min(kUnits, job.units.count - first),
                           job.first_group + static_cast<std::uint32_t>(tile * kGroupsPerTile),
                           kGroupsPerTile};
    fill_weights(piece, table + (tile * job.units.count + first) * kCurveLanes, job.isa);
  });
}

}  // namespace

std::size_t curve_bootstrap_scratch_bytes(const Workers&, const RankingView* rankings, Index count,
                                          const ResampleUnits& units, const Resamples& resamples) {
  const Plan plan(rankings, count, units, resamples);
  return plan.table ? static_cast<std::size_t>(plan.tiles_at_once * units.count * kCurveLanes) : 0;
}

void curve_bootstrap(const Workers& workers, const RankingView* rankings, Index count, const ResampleUnits& units,
                     const double* weights, const CurveQuery* queries, int query_count, const Resamples& resamples,
                     TensorView<CurveState, 3> out, void* scratch, Isa isa) {
  const Plan plan(rankings, count, units, resamples);
  auto* const table = static_cast<std::uint8_t*>(scratch);
  for (Index first = 0; first < plan.tiles; first += plan.tiles_at_once) {
    const Index tiles = std::min(plan.tiles_at_once, plan.tiles - first);
    const auto group = resamples.first_group() + static_cast<std::uint32_t>(first * kGroupsPerTile);
    if (plan.table) draw_tables(workers, {units, weights, resamples.key, isa, group, nullptr}, tiles, table);
    workers.for_each(count * tiles, [&](Index item) {
      const Index m = item / tiles, tile = item % tiles;
      const Job job{units,
                    weights,
                    resamples.key,
                    isa,
                    group + static_cast<std::uint32_t>(tile * kGroupsPerTile),
                    plan.table ? table + tile * units.count * kCurveLanes : nullptr};
      Answers answers;
      fold_ranking(job, rankings[m], queries, query_count, answers);
      const Index begin = (first + tile) * kCurveLanes, end = std::min<Index>(begin + kCurveLanes, resamples.count);
      for (int q = 0; q < query_count; ++q)
        for (Index b = begin; b < end; ++b)
          out(q, m, b) = {answers.value[q][b - begin], answers.tile[q].start_positive[b - begin],
                          answers.tile[q].start_negative[b - begin]};
    });
  }
}

}  // namespace bakeoff::kernels

// CurveFold (ranking/curve.h), lane by lane: the same operations in the same order.
#include "kernels/resample/curve_bootstrap_simd.h"

#include "kernels/resample/double_lanes.h"

namespace bakeoff::kernels::BAKEOFF_ISA {
namespace {

// Resamples at once: what a fold keeps in registers is 7 vectors for each of these.
constexpr int kVectors = 2;
constexpr int kStep = kVectors * kWidth;

struct Lanes {
  Doubles of[kVectors];

  BAKEOFF_INLINE static Lanes from(const double* array) {
    Lanes lanes;
    BAKEOFF_UNROLL for (int v = 0; v < kVectors; ++v) lanes.of[v] = load(array + v * kWidth);
    return lanes;
  }
  BAKEOFF_INLINE void to(double* array) const {
    BAKEOFF_UNROLL for (int v = 0; v < kVectors; ++v) store(of[v], array + v * kWidth);
  }
};

template <bool kWeighted>
BAKEOFF_INLINE void add_rank(const CurveRanks& ranks, int rank, int first, Lanes& to) {
  const std::uint8_t* const drawn = ranks.drawn + std::size_t{kCurveLanes} * ranks.place[rank] + first;
  BAKEOFF_UNROLL for (int v = 0; v < kVectors; ++v) {
    const Doubles draws = load_weights(drawn + v * kWidth);
    to.of[v] += kWeighted ? draws * ranks.weights[rank] : draws;
  }
}

template <CurveKind kKind, bool kWeighted>
void fold(const CurveRanks& ranks, double parameter, const CurveTotals* totals, CurveTile& tile) {
  bool has_positive = false;
  for (int first = 0; first < kCurveLanes; first += kStep) {
    const Lanes start_p = Lanes::from(tile.start_positive + first), start_n = Lanes::from(tile.start_negative + first);
    Lanes p = Lanes::from(tile.positive + first), n = Lanes::from(tile.negative + first);
    Lanes closed_p = Lanes::from(tile.closed_positive + first), closed_n = Lanes::from(tile.closed_negative + first);
    Lanes value = Lanes::from(tile.value + first), all_p{}, all_n{};
    if constexpr (curve_needs_totals(kKind)) {
      all_p = Lanes::from(totals->positive + first);
      all_n = Lanes::from(totals->negative + first);
    }
    has_positive = tile.group_has_positive;
    for (int rank = 0; rank < ranks.count; ++rank) {
      const std::uint8_t flags = ranks.flags[rank];
      if (flags & kRankPositive) {
        add_rank<kWeighted>(ranks, rank, first, p);
        has_positive = true;
      } else {
        add_rank<kWeighted>(ranks, rank, first, n);
      }
      if (!(flags & kRankBeginsGroup)) continue;
      // Without a positive nothing changes in these
      const bool skip = !has_positive && kKind == CurveKind::average_precision;
      if (!skip) BAKEOFF_UNROLL for (int v = 0; v < kVectors; ++v) {
          const Doubles prefix_p = start_p.of[v] + p.of[v], prefix_n = start_n.of[v] + n.of[v];
          value.of[v] = at_threshold<kKind>(value.of[v], prefix_p, prefix_n, closed_p.of[v], closed_n.of[v], parameter,
                                            parameter * all_n.of[v], all_p.of[v], all_n.of[v]);
          closed_p.of[v] = prefix_p;
          closed_n.of[v] = prefix_n;
        }
      has_positive = false;
    }
    p.to(tile.positive + first);
    n.to(tile.negative + first);
    closed_p.to(tile.closed_positive + first);
    closed_n.to(tile.closed_negative + first);
    value.to(tile.value + first);
  }
  tile.group_has_positive = has_positive;
}

template <bool kWeighted>
void add_weights(const CurveRanks& ranks, CurveTile& tile) {
  for (int first = 0; first < kCurveLanes; first += kStep) {
    Lanes p = Lanes::from(tile.positive + first), n = Lanes::from(tile.negative + first);
    for (int rank = 0; rank < ranks.count; ++rank) {
      if (ranks.flags[rank] & kRankPositive)
        add_rank<kWeighted>(ranks, rank, first, p);
      else
        add_rank<kWeighted>(ranks, rank, first, n);
    }
    p.to(tile.positive + first);
    n.to(tile.negative + first);
  }
}

}  // namespace

void fold_curve(const CurveRanks& ranks, const CurveQuery& query, const CurveTotals* totals, CurveTile& tile) {
  with_curve(query.kind, [&]<CurveKind kKind>() {
    ranks.weights ? fold<kKind, true>(ranks, query.parameter, totals, tile)
                  : fold<kKind, false>(ranks, query.parameter, totals, tile);
  });
}

void add_curve_weights(const CurveRanks& ranks, CurveTile& tile) {
  ranks.weights ? add_weights<true>(ranks, tile) : add_weights<false>(ranks, tile);
}

void end_curve_chunk(CurveKind kind, CurveTile& tile, double* value) {
  for (int i = 0; i < kCurveLanes; ++i) {
    value[i] = join_chunks(kind, value[i], tile.value[i]);
    tile.start_positive[i] += tile.positive[i];
    tile.start_negative[i] += tile.negative[i];
    tile.positive[i] = tile.negative[i] = tile.value[i] = 0;
  }
}

}  // namespace bakeoff::kernels::BAKEOFF_ISA

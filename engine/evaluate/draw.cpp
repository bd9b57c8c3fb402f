#include "evaluate/draw.h"

#include <algorithm>

#include "core/error.h"
#include "evaluate/slice_rankings.h"
#include "kernels/ranking/auc_state.h"
#include "kernels/resample/pointwise_bootstrap_simd.h"

namespace bakeoff {
namespace {

using kernels::AucFold;
using kernels::RankingView;

void draw_stratum(const std::vector<std::int64_t>& places, kernels::RngKey key, std::uint32_t stratum,
                  std::uint32_t resample, std::uint8_t* counts) {
  __extension__ using Wide = unsigned __int128;
  const auto n = static_cast<std::uint64_t>(places.size());
  const auto take = [&](std::uint32_t low, std::uint32_t high) {
    const std::uint64_t u = static_cast<std::uint64_t>(high) << 32 | low;
    ++counts[places[static_cast<std::uint64_t>((static_cast<Wide>(u) * n) >> 64)]];
  };
  for (std::uint64_t j = 0; j < n; j += 2) {
    const kernels::Counter block = kernels::philox(key, {{static_cast<std::uint32_t>(j / 2), stratum, resample,
                                                          static_cast<std::uint32_t>(kernels::Stream4::multinomial)}});
    take(block.word[0], block.word[1]);
    if (j + 1 < n) take(block.word[2], block.word[3]);
  }
}

template <class W>
double drawn_auc(const RankingView& ranking, const double* weights, const UnitIndex& units,
                 const std::uint8_t* counts) {
  AucFold<W> fold;
  for (Index rank = 0; rank < ranking.rows; ++rank) {
    if (rank > 0 && ranking.flags[rank] & kernels::kRankBeginsGroup) fold.close_group();
    const std::uint32_t row = ranking.row[rank];
    const std::uint8_t drawn = counts[units.by_row() ? row : units.of_row[row]];
    const W weight = weights ? static_cast<W>(weights[row]) * static_cast<W>(drawn) : static_cast<W>(drawn);
    fold.add(ranking.flags[rank] & kernels::kRankPositive, weight);
  }
  return ranking.rows == 0 ? kNaN : kernels::finish(fold.state(false)).value;
}

}  // namespace

Strata make_strata(const EvaluateInput& input, const UnitIndex& units) {
  Strata out;
  if (!input.strata) {
    out.places.resize(1);
    for (Index u = 0; u < units.count(); ++u) out.places[0].push_back(u);
    return out;
  }
  std::vector<std::int64_t> codes(input.strata, input.strata + input.rows()), of_unit(codes);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  if (!units.by_row()) {
    std::vector<Index> first_row(static_cast<std::size_t>(units.count()), -1);
    of_unit.resize(first_row.size());
    for (Index row = 0; row < input.rows(); ++row) {
      const std::int32_t unit = units.of_row[row];
      if (first_row[unit] < 0) {
        first_row[unit] = row;
        of_unit[unit] = input.strata[row];
      } else if (of_unit[unit] != input.strata[row]) {
        throw DataError("strata: rows " + std::to_string(first_row[unit]) + " and " + std::to_string(row) +
                        " belong to one unit but to strata " + std::to_string(of_unit[unit]) + " and " +
                        std::to_string(input.strata[row]) + "; a unit is resampled within one stratum");
      }
    }
  }
  out.places.resize(codes.size());
  for (std::size_t u = 0; u < of_unit.size(); ++u)
    out.places[std::lower_bound(codes.begin(), codes.end(), of_unit[u]) - codes.begin()].push_back(
        static_cast<std::int64_t>(u));
  return out;
}

Strata class_strata(const EvaluateInput& input, const UnitIndex& units) {
  Strata out;
  out.places.resize(2);
  for (Index row = 0; row < input.rows(); ++row)
    out.places[input.labels[row] != 0].push_back(units.by_row() ? row : units.of_row[row]);
  for (std::vector<std::int64_t>& places : out.places) std::sort(places.begin(), places.end());
  return out;
}

DrawnTile draw_tile(const Execution& execution, const Strata& strata, std::int64_t units, std::uint64_t seed,
                    std::int64_t first, std::int64_t count) {
  DrawnTile tile{first, count, std::vector<std::uint8_t>(static_cast<std::size_t>(count * units))};
  execution.workers().for_each(count, [&](Index r) {
    for (std::size_t h = 0; h < strata.places.size(); ++h)
      draw_stratum(strata.places[h], kernels::RngKey::from_seed(seed), static_cast<std::uint32_t>(h),
                   static_cast<std::uint32_t>(first + r), tile.counts.data() + r * units);
  });
  return tile;
}

void drawn_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const Strata& strata, const SliceSums& sums, const MetricPlan& plan,
                      const EvaluateOptions& options, Scoreboard& board) {
  SliceRankings rankings(execution, input, set);
  std::vector<RankingView> ranked;
  if (!plan.areas.empty()) {
    rankings.reserve(input.candidates());
    ranked = rankings.rank(0, input.candidates());
  }
  const auto cells = static_cast<Index>(board.cells.size());
  for (Index first = 0; first < options.resamples; first += kernels::kTileResamples) {
    execution.check_stop();
    const DrawnTile tile = draw_tile(execution, strata, units.count(), options.seed, first,
                                     std::min<Index>(kernels::kTileResamples, options.resamples - first));
    point_replicates(execution, input, set, units, sums, plan, tile, board);
    execution.workers().for_each(tile.count, [&](Index r) {
      for (std::size_t at = 0; at < ranked.size(); ++at) {
        const std::uint8_t* const counts = tile.counts.data() + r * units.count();
        const double value = input.weights ? drawn_auc<double>(ranked[at], input.weights, units, counts)
                                           : drawn_auc<std::uint64_t>(ranked[at], nullptr, units, counts);
        const Index m = static_cast<Index>(at) / set.count(), i = static_cast<Index>(at) % set.count();
        for (const std::size_t k : plan.areas)
          board.replicates[(first + r) * cells + board.index(m, set.slice[i], static_cast<Index>(k))] =
              plan.from_auc(k, value);
      }
    });
  }
}

}  // namespace bakeoff

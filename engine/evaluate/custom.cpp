#include "evaluate/custom.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/draw.h"
#include "evaluate/unit_index.h"
#include "kernels/resample/weights_simd.h"

namespace bakeoff {
namespace {

constexpr Index kTile = kernels::kResamplesPerBlock;

// How often the unit of each row was drawn, in resamples [first, first + 8): by row, then resample.
class Draws {
 public:
  // `whole`: what is resampled, the slice itself or all rows, of which `rows` are the slice's then.
  Draws(const Execution& execution, const EvaluateInput& whole, Resampling law, bool by_class,
        const EvaluateOptions& options, const std::vector<std::int64_t>* rows)
      : execution_(execution), units_(make_unit_index(whole)), options_(options), rows_(rows) {
    if (law != Resampling::poisson) strata_ = by_class ? class_strata(whole, units_) : make_strata(whole, units_);
    counts_.resize(static_cast<std::size_t>(units_.count() * kTile));
  }

  void draw(Index first) {
    if (strata_) {
      const DrawnTile tile = draw_tile(execution_, *strata_, units_.count(), options_.seed, first, kTile);
      for (Index u = 0; u < units_.count(); ++u)
        for (Index r = 0; r < kTile; ++r) counts_[u * kTile + r] = tile.counts[r * units_.count() + u];
      return;
    }
    kernels::WeightTile tile;
    tile.key = kernels::RngKey::from_seed(options_.seed);
    tile.units = units_.by_row() ? nullptr : units_.ids.data();
    tile.count = units_.count();
    tile.first_group = static_cast<std::uint32_t>(first / kTile);
    tile.groups = 1;
    kernels::fill_weights(tile, counts_.data());
  }
  double of(Index i, Index r) const {
    const Index row = rows_ ? (*rows_)[i] : i;
    return counts_[(units_.by_row() ? row : units_.of_row[row]) * kTile + r];
  }

 private:
  const Execution& execution_;
  UnitIndex units_;
  const EvaluateOptions& options_;
  const std::vector<std::int64_t>* rows_;
  std::optional<Strata> strata_;
  std::vector<std::uint8_t> counts_;
};

}  // namespace

void check_custom(const std::vector<std::string>& metrics, const EvaluateOptions& options) {
  std::vector<std::string> names = metrics;
  for (const CustomMetric& metric : options.custom) {
    if (std::find(names.begin(), names.end(), metric.name) != names.end())
      throw SpecError("metrics: '" + printable(metric.name) + "' is named twice");
    names.push_back(metric.name);
  }
  if (!options.custom.empty() && options.interval == "jackknife")
    throw SpecError("interval jackknife: is for the metrics of docs/metrics.md; of " + options.custom[0].name +
                    " ask for percentile or basic, with resamples");
}

void custom_metrics(const Execution& execution, const EvaluateInput& input, std::int64_t s, Resampling law,
                    const EvaluateOptions& options, std::int64_t place, Scoreboard& board) {
  if (options.custom.empty()) return;
  std::optional<Subset> subset;
  if (s > 0) subset.emplace(input, input.slices[static_cast<std::size_t>(s) - 1].rows);
  const EvaluateInput& rows = subset ? subset->input() : input;
  const Index n = rows.rows(), m = input.candidates(), count = static_cast<Index>(options.custom.size());
  std::vector<double> base(static_cast<std::size_t>(n), 1.0), weights(base);
  if (rows.weights) base.assign(rows.weights, rows.weights + n);
  const bool any = std::any_of(base.begin(), base.end(), [](double w) { return w > 0; });
  std::vector<CustomMetric::OfWeights> metrics;
  std::vector<Index> cells;
  for (Index candidate = 0; candidate < m; ++candidate)
    for (Index k = 0; k < count; ++k) {
      cells.push_back(board.index(candidate, s, place + k));
      Cell& cell = board.cells[cells.back()];
      cell.reason = n == 0 ? Reason::empty : any ? Reason::ok : Reason::no_weight;
      if (!any) continue;
      metrics.push_back(options.custom[k].on(execution, rows, candidate));
      cell.value = metrics.back()(base);
    }
  if (!any || options.resamples == 0) return;
  // A stratified slice is a population of its own; the multinomial law draws among all rows.
  const bool multinomial = options.resampling == "multinomial";
  Draws draws(execution, multinomial ? input : rows, law, !multinomial, options,
              multinomial && s > 0 ? &input.slices[static_cast<std::size_t>(s) - 1].rows : nullptr);
  for (Index b = 0; b < options.resamples; ++b) {
    execution.check_stop();
    if (b % kTile == 0) draws.draw(b);
    bool drawn = false;
    for (Index i = 0; i < n; ++i) drawn |= (weights[i] = base[i] * draws.of(i, b % kTile)) > 0;
    for (std::size_t c = 0; drawn && c < cells.size(); ++c)
      board.replicates[b * static_cast<Index>(board.cells.size()) + cells[c]] = metrics[c](weights);
  }
}

}  // namespace bakeoff

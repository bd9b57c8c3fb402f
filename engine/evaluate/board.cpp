#include "evaluate/board.h"

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {

void check_options(const EvaluateOptions& options) {
  if (options.resamples < 0 || options.resamples > kMostResamples)
    throw SpecError("resamples: expected 0 to " + std::to_string(kMostResamples) + ", got " +
                    std::to_string(options.resamples));
  if (!(options.confidence > 0 && options.confidence < 1))
    throw SpecError("confidence: expected a number between 0 and 1, got " + shortest(options.confidence));
  if (std::isnan(options.threshold)) throw SpecError("threshold: expected a number, got NaN");
  if (!options.compat.empty() && options.compat != "sklearn")
    throw SpecError("compat: expected sklearn, got '" + printable(options.compat) + "'");
  if (options.resampling != "poisson" && options.resampling != "multinomial")
    throw SpecError("resampling: expected poisson or multinomial, got '" + printable(options.resampling) + "'");
  if (options.min_slice_rows < 0)
    throw SpecError("min_slice_rows: expected at least 0, got " + std::to_string(options.min_slice_rows));
}

std::vector<std::string> candidate_names(const std::vector<std::string>& given, std::int64_t candidates) {
  if (!given.empty()) return given;
  std::vector<std::string> names;
  for (std::int64_t m = 0; m < candidates; ++m) names.push_back(std::to_string(m));
  return names;
}

Scoreboard empty_board(std::vector<std::string> names, const std::vector<Slice>& slices,
                       const std::vector<std::pair<std::string, Direction>>& metrics, const EvaluateOptions& options) {
  Scoreboard board;
  board.names = std::move(names);
  board.slice_names = {"all"};
  for (const Slice& slice : slices) board.slice_names.push_back(slice.name);
  for (const auto& [name, direction] : metrics) {
    board.metric_names.push_back(name);
    board.directions.push_back(direction);
  }
  board.resamples = options.resamples;
  board.confidence = options.confidence;
  board.interval = options.interval;
  board.cells.resize(board.names.size() * board.slice_names.size() * board.metric_names.size());
  board.replicates.assign(board.cells.size() * static_cast<std::size_t>(options.resamples), kNaN);
  return board;
}

SliceSet sized_slices(const std::vector<Slice>& slices, const UnitIndex& units, std::int64_t min_slice_rows,
                      Scoreboard& board) {
  std::vector<std::int64_t> wanted(slices.size() + 1), large;
  std::iota(wanted.begin(), wanted.end(), 0);
  SliceSet all = make_slice_set(slices, units, wanted);
  for (const std::int64_t s : wanted) {
    board.count.push_back(all.views[s].count);
    board.units.push_back(all.views[s].items());
    if (s == 0 || all.views[s].count >= min_slice_rows) {
      large.push_back(s);
      continue;
    }
    for (std::size_t m = 0; m < board.names.size(); ++m)
      for (std::size_t k = 0; k < board.metric_names.size(); ++k)
        board.cells[board.index(static_cast<Index>(m), s, static_cast<Index>(k))].reason = Reason::too_few_rows;
  }
  return large.size() == wanted.size() ? std::move(all) : make_slice_set(slices, units, large);
}

void set_law(std::int64_t s, std::int64_t metric, Resampling law, Scoreboard& board) {
  for (std::size_t m = 0; board.resamples > 0 && m < board.names.size(); ++m)
    board.cells[board.index(static_cast<Index>(m), s, metric)].resampling = law;
}

void fill_slice(const RowSetResult& rows, std::int64_t s, const std::vector<std::int64_t>& places, Scoreboard& board) {
  const auto candidates = static_cast<Index>(board.names.size()), count = static_cast<Index>(places.size());
  const auto cells = static_cast<Index>(board.cells.size());
  for (Index m = 0; m < candidates; ++m)
    for (Index j = 0; j < count; ++j) {
      const Index cell = board.index(m, s, places[j]);
      board.cells[cell].value = rows.values[m * count + j].value;
      board.cells[cell].reason = rows.values[m * count + j].reason;
      for (Index b = 0; b < board.resamples; ++b)
        board.replicates[b * cells + cell] = rows.replicates[(b * candidates + m) * count + j];
    }
}

}  // namespace bakeoff

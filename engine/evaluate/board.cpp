#include "evaluate/board.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/draw.h"

namespace bakeoff {

void check_options(const EvaluateOptions& options) {
  if (options.resamples < 0)
    throw SpecError("resamples: expected at least 0, got " + std::to_string(options.resamples));
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

Scoreboard empty_board(const EvaluateInput& input, const MetricPlan& plan, const EvaluateOptions& options) {
  Scoreboard board;
  board.names = input.names;
  if (board.names.empty())
    for (Index m = 0; m < input.candidates(); ++m) board.names.push_back(std::to_string(m));
  board.slice_names = {"all"};
  for (const Slice& slice : input.slices) board.slice_names.push_back(slice.name);
  for (const MetricUse& use : plan.uses) {
    board.metric_names.push_back(use.name);
    board.directions.push_back(use.metric->direction);
  }
  board.resamples = options.resamples;
  board.confidence = options.confidence;
  board.interval = options.interval;
  const std::size_t cells = board.names.size() * board.slice_names.size() * board.metric_names.size();
  board.cells.resize(cells);
  board.replicates.assign(cells * static_cast<std::size_t>(options.resamples), kNaN);
  return board;
}

std::string resampling_of(const EvaluateOptions& options, bool strata, std::int64_t rows, std::int64_t positives,
                          bool units_are_rows) {
  if (options.resampling == "multinomial") return strata ? "stratified" : "multinomial";
  const std::int64_t smaller = std::min(positives, rows - positives);
  const bool few = options.task == Task::binary && units_are_rows && smaller > 0 && smaller < kFewOfClass;
  return few ? "stratified" : "poisson";
}

}  // namespace bakeoff

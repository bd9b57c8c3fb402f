// The scoreboard before anything is known, and the checks that need no data: for evaluate and the accumulator.
#pragma once
#include "evaluate/evaluate.h"
#include "evaluate/metric_plan.h"

namespace bakeoff {

// SpecError for options out of range.
void check_options(const EvaluateOptions& options);

// Names, directions and NaN in every cell.
Scoreboard empty_board(const EvaluateInput& input, const MetricPlan& plan, const EvaluateOptions& options);

// The law that a slice is resampled by: few rows of a class, where each row is a unit of its own, are drawn within
// their classes. `strata`: the input has some.
std::string resampling_of(const EvaluateOptions& options, bool strata, std::int64_t rows, std::int64_t positives,
                          bool units_are_rows);

}  // namespace bakeoff

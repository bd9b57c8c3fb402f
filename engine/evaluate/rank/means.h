// Means over queries with their intervals: what evaluate() makes of rows, made of queries.
#pragma once
#include "evaluate/rank/rank_evaluate.h"
#include "evaluate/rank/rank_metric.h"

namespace bakeoff {

// Of result.values over the queries that count by result.reasons.
Scoreboard mean_board(const Execution& execution, const RankInput& input, const RankOptions& options,
                      const std::vector<RankMetric>& columns, const std::vector<std::string>& names,
                      const RankResult& result);

}  // namespace bakeoff

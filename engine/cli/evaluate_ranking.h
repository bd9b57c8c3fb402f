// bakeoff evaluate --queries: ranking metrics of documents in queries.
#pragma once
#include <string>
#include <vector>

#include "cli/command.h"
#include "evaluate/evaluate.h"
#include "ingest/dataset.h"

namespace bakeoff::cli {

struct RankingArguments {
  std::string queries, documents, ties = "expected";
  double level = 0;
};
void add_ranking_options(CLI::App& command, RankingArguments& arguments);

// What a ranking needs of the file, by row: each of weights, units and slices holds one value all over a query.
struct RankingRows {
  std::string label, weights;
  std::vector<std::string> scores;
  std::vector<std::int64_t> units;  // empty: the query
  std::vector<Slice> slices;
};
// Says on the standard error which queries do not count.
Scoreboard evaluate_ranking(const Execution& execution, const Dataset& data, const RankingArguments& arguments,
                            const RankingRows& rows, const EvaluateOptions& options);

}  // namespace bakeoff::cli

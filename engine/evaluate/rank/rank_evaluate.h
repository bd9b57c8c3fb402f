// Ranking metrics with intervals over queries, for M candidates at once. METRICS.md and kernels/queries/metrics/ define
// every number.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/execution.h"
#include "evaluate/evaluate.h"
#include "evaluate/rank/query_index.h"

namespace bakeoff {

struct RankInput {
  const QueryIndex* queries = nullptr;
  // M x N, by row
  std::variant<kernels::TensorView<const float, 2>, kernels::TensorView<const double, 2>> scores;
  const double* relevance = nullptr;  // N by row, finite; above 0 is better than not
  // N by row: the document, numbered 0 ... document_count - 1 in the order of the docnos: what ties = trec and coverage
  // ask for. Null: not known.
  const std::int64_t* documents = nullptr;
  std::int64_t document_count = 0;
  // What diversity asks for: vectors, side by side, and by row which of them; null: the row's own.
  kernels::TensorView<const double, 2> vectors;
  const std::int64_t* vector_of_row = nullptr;
  const double* weights = nullptr;      // by query, >= 0, or null
  const std::int64_t* units = nullptr;  // by query: the unit of resampling; null: the query's id
  std::vector<Slice> slices;            // of queries
  std::vector<std::string> names;       // M; empty: "0", "1", ...

  std::int64_t candidates() const;
};

struct RankOptions {
  std::vector<std::string> metrics = {"ndcg@10", "recall@10"};
  bool trec_ties = false;  // else the expected value over all orders of a tie
  // A document is relevant if its relevance is above 0 and at least this; gains don't ask.
  double level = 0;
  // A score that is not finite: the candidate did not retrieve the document. It keeps its place in the ideal and among
  // the relevant ones, so that dropping never pays. Else such a score is a DataError.
  bool drop_nan = false;
  std::int64_t catalog_size = 0;  // of coverage; 0: as many documents as there are
  int resamples = 0;
  double confidence = 0.95;
  std::string interval = "percentile";
  std::uint64_t seed = 0;
};

// Why a query does not count: empty and no_relevant in no metric, one_class not in grouped_auc.
enum class QueryReason : std::uint8_t { ok, empty, no_relevant, one_class };
const char* name(QueryReason reason);

struct RankResult {
  Scoreboard board;  // means over the queries that count; board.count is their number, by slice, and
                     // board.positives that of relevant documents
  // By metric without values of queries (coverage): its name and M values. They are not in the board.
  std::vector<std::pair<std::string, std::vector<double>>> of_catalog;
  std::vector<double> values;         // M x K x Q, NaN where the query does not count
  std::vector<QueryReason> reasons;   // Q
  std::vector<std::int64_t> missing;  // M: counted queries of which the candidate retrieved nothing; they are 0
  std::vector<std::int64_t> dropped;  // M: documents that it did not retrieve
};

RankResult rank_evaluate(const Execution& execution, const RankInput& input, const RankOptions& options);

}  // namespace bakeoff

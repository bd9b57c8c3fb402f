#include "cli/evaluate_ranking.h"

#include <algorithm>
#include <iostream>
#include <numeric>

#include "core/error.h"
#include "core/text.h"
#include "evaluate/rank/rank_evaluate.h"
#include "ingest/feature.h"
#include "ingest/unit.h"

namespace bakeoff::cli {
namespace {

// The value of each query's first row, which all its rows must share.
template <class T>
std::vector<T> by_query(const Dataset& data, const QueryIndex& index, const std::vector<T>& rows, const char* option) {
  std::vector<T> out;
  for (std::int64_t q = 0; q < index.queries(); ++q) {
    const T first = rows[static_cast<std::size_t>(index.row_at(index.offsets[q]))];
    for (Index place = index.offsets[q]; place < index.offsets[q + 1]; ++place)
      if (rows[static_cast<std::size_t>(index.row_at(place))] != first)
        throw DataError(data.source() + ": row " + std::to_string(index.row_at(place)) + ": " + option +
                        " has another value than in a row of the same query; expected one value a query");
    out.push_back(first);
  }
  return out;
}

std::vector<Slice> by_query(const Dataset& data, const QueryIndex& index, const std::vector<Slice>& slices) {
  std::vector<Slice> out;
  for (const Slice& slice : slices) {
    std::vector<std::uint8_t> inside(static_cast<std::size_t>(data.rows()), 0);
    for (const std::int64_t row : slice.rows) inside[static_cast<std::size_t>(row)] = 1;
    const std::vector<std::uint8_t> queries = by_query(data, index, inside, "--slices");
    out.push_back({slice.name, {}});
    for (std::size_t q = 0; q < queries.size(); ++q)
      if (queries[q]) out.back().rows.push_back(static_cast<std::int64_t>(q));
  }
  return out;
}

// Numbers in the order in which trec_eval compares docnos: as text.
std::vector<std::int64_t> document_order(const Dataset& data, const std::string& name, std::int64_t& count) {
  const CategoricalColumn column = categorical_feature(data, name, "UTC");
  std::vector<std::int32_t> order(column.categories.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::int32_t a, std::int32_t b) { return column.categories[a] < column.categories[b]; });
  count = static_cast<std::int64_t>(order.size());
  std::vector<std::int64_t> rank(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    rank[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  std::vector<std::int64_t> out;
  for (std::size_t row = 0; row < column.codes.size(); ++row) {
    if (column.codes[row] < 0)
      throw DataError(data.source() + ": column '" + name + "' row " + std::to_string(row) +
                      ": the document is missing");
    out.push_back(rank[static_cast<std::size_t>(column.codes[row])]);
  }
  return out;
}

void say_what_is_not_in_the_board(const RankResult& result) {
  const auto count = [&](QueryReason reason) {
    return std::count(result.reasons.begin(), result.reasons.end(), reason);
  };
  if (const auto n = count(QueryReason::no_relevant); n > 0)
    std::cerr << "left out: " << n << " queries without a relevant document\n";
  const auto& metrics = result.board.metric_names;
  const bool auc = std::find(metrics.begin(), metrics.end(), "grouped_auc") != metrics.end();
  if (const auto n = count(QueryReason::one_class); n > 0 && auc)
    std::cerr << "left out of grouped_auc: " << n << " queries in which all documents are relevant\n";
  for (const auto& [metric, values] : result.of_catalog)
    for (std::size_t m = 0; m < values.size(); ++m)
      std::cerr << result.board.names[m] << ' ' << metric << ": " << shortest(values[m]) << "\n";
  for (std::size_t m = 0; m < result.missing.size(); ++m)
    if (result.missing[m] > 0)
      std::cerr << result.board.names[m] << ": " << result.missing[m] << " queries without a score count as 0\n";
}

}  // namespace

void add_ranking_options(CLI::App& command, RankingArguments& a) {
  const auto queries = command.add_option("--queries", a.queries,
                                          "rows are documents of that column's queries: ranking metrics (ndcg@10)");
  command.add_option("--documents", a.documents, "the column with the id of the document")->needs(queries);
  command.add_option("--ties", a.ties, "expected: the mean over their orders; trec: trec_eval's order by --documents")
      ->check(CLI::IsMember({"expected", "trec"}))
      ->needs(queries)
      ->capture_default_str();
  command.add_option("--level", a.level, "documents are relevant from this label on")
      ->needs(queries)
      ->capture_default_str();
}

Scoreboard evaluate_ranking(const Execution& execution, const Dataset& data, const RankingArguments& arguments,
                            const RankingRows& rows, const EvaluateOptions& options) {
  UnitSpec query;
  query.column = arguments.queries;
  const std::vector<std::int64_t> ids = unit_ids(data, query);
  const QueryIndex index = make_query_index(find_runs(ids.data(), data.rows()), data.rows());
  std::vector<double> scores, weights;
  for (const std::string& name : rows.scores) {
    const std::vector<double>& values = data.numeric(name).values;
    scores.insert(scores.end(), values.begin(), values.end());
  }
  std::vector<std::int64_t> documents, units;
  RankInput input;
  input.queries = &index;
  input.scores = kernels::matrix_view(static_cast<const double*>(scores.data()), static_cast<Index>(rows.scores.size()),
                                      data.rows());
  input.relevance = data.numeric(rows.label).values.data();
  if (!arguments.documents.empty())
    input.documents = (documents = document_order(data, arguments.documents, input.document_count)).data();
  if (!rows.weights.empty())
    input.weights = (weights = by_query(data, index, data.numeric(rows.weights).values, "--weights")).data();
  if (!rows.units.empty()) input.units = (units = by_query(data, index, rows.units, "--units")).data();
  input.slices = by_query(data, index, rows.slices);
  input.names = rows.scores;
  RankOptions rank;
  if (!options.metrics.empty()) rank.metrics = options.metrics;
  rank.trec_ties = arguments.ties == "trec";
  rank.level = arguments.level;
  rank.drop_nan = options.drop_nan;
  rank.resamples = options.resamples;
  rank.confidence = options.confidence;
  rank.interval = options.interval;
  rank.seed = options.seed;
  const RankResult result = rank_evaluate(execution, input, rank);
  say_what_is_not_in_the_board(result);
  return result.board;
}

}  // namespace bakeoff::cli

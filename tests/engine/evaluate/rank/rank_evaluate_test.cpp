// Values and intervals are compared with oracles in tests/python/test_rank_oracle.py.
#include "evaluate/rank/rank_evaluate.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"

namespace bakeoff {
namespace {

using testing::ElementsAre;

struct Case {
  QueryIndex queries;
  std::vector<double> relevance, scores;
  RankInput input;

  // One query a list of (relevance, score).
  explicit Case(const std::vector<std::vector<std::pair<double, double>>>& documents) {
    std::vector<Index> offsets = {0};
    for (const auto& query : documents) {
      for (const auto& [grade, score] : query) relevance.push_back(grade), scores.push_back(score);
      offsets.push_back(static_cast<Index>(relevance.size()));
    }
    queries = make_query_index(offsets, offsets.back());
    input.queries = &queries;
    input.relevance = relevance.data();
    input.scores = kernels::matrix_view<const double>(scores.data(), 1, static_cast<Index>(scores.size()));
  }
};

RankOptions options_of(const std::vector<std::string>& metrics, int resamples = 0) {
  RankOptions options;
  options.metrics = metrics;
  options.resamples = resamples;
  return options;
}

TEST(RankEvaluate, LeavesOutAndNamesQueriesThatCannotCount) {
  const Case c({{{1, 2}, {0, 1}}, {}, {{0, 1}}, {{1, 1}, {2, 3}}});
  const RankResult result = rank_evaluate(Execution(), c.input, options_of({"mrr", "grouped_auc"}));
  EXPECT_THAT(result.reasons,
              ElementsAre(QueryReason::ok, QueryReason::empty, QueryReason::no_relevant, QueryReason::one_class));
  EXPECT_EQ(result.board.cell(0, 0, 0).value, 1);
  EXPECT_EQ(result.board.cell(0, 0, 1).value, 1);
  EXPECT_EQ(result.board.count[0], 2);
  EXPECT_TRUE(std::isnan(result.values[7]));  // grouped_auc of the last
}

TEST(RankEvaluate, HasTheSameReplicatesForAnyNumberOfThreads) {
  std::vector<std::vector<std::pair<double, double>>> documents;
  for (int q = 0; q < 200; ++q) {
    documents.emplace_back();
    for (int i = 0; i < 1 + q % 17; ++i) documents.back().emplace_back((q * 7 + i * 5) % 3, (q + i * i) % 11);
  }
  const Case c(documents);
  const auto replicates = [&](int threads) {
    return rank_evaluate(Execution(Device::cpu, threads), c.input, options_of({"ndcg@5", "grouped_auc"}, 30))
        .board.replicates;
  };
  EXPECT_EQ(replicates(1), replicates(4));
}

TEST(RankEvaluate, IsEmptyWhereNothingCounts) {
  const Case c({{{0, 1}}, {}});
  const RankResult result = rank_evaluate(Execution(), c.input, options_of({"ndcg@5"}, 5));
  EXPECT_TRUE(std::isnan(result.board.cell(0, 0, 0).value));
  EXPECT_EQ(result.board.cell(0, 0, 0).reason, Reason::empty);
}

TEST(RankEvaluate, StopsBetweenCandidates) {
  const Case c({{{1, 1}}});
  Execution execution;
  execution.set_stop_check([] { return true; });
  EXPECT_THROW(rank_evaluate(execution, c.input, options_of({"mrr"})), Interrupted);
}

}  // namespace
}  // namespace bakeoff

// Values and intervals are compared with oracles in tests/python/test_rank_oracle.py.
#include "evaluate/rank/rank_evaluate.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "evaluate/compare.h"
#include "evaluate/intervals.h"

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

// The groups of mrr are of other queries than those of grouped_auc: no one set of them fits the board.
TEST(RankEvaluate, GivesBcaOfDifferencesWithoutAccelerationWhereMetricsCountOtherQueries) {
  std::vector<std::vector<std::pair<double, double>>> documents;
  for (int q = 0; q < 60; ++q) {
    documents.emplace_back();
    for (int i = 0; i < 2 + q % 5; ++i) documents.back().emplace_back((q + i) % 3 == 0 || q % 7 == 0, (q + i * i) % 5);
  }
  Case c(documents);
  std::vector<double> both(c.scores);
  for (std::size_t i = 0; i < c.scores.size(); ++i) both.push_back(static_cast<double>(i * 7 % 11));
  c.input.scores = kernels::matrix_view<const double>(both.data(), 2, static_cast<Index>(c.scores.size()));
  RankOptions options = options_of({"mrr", "grouped_auc"}, 150);
  options.interval = "bca";
  const Scoreboard board = rank_evaluate(Execution(), c.input, options).board;
  EXPECT_EQ(board.cell(0, 0, 0).method, IntervalMethod::bca);
  EXPECT_EQ(board.cell(0, 0, 1).method, IntervalMethod::bca);
  EXPECT_EQ(board.left_out_groups, 0);
  const Comparison found = compare(board, "0");
  for (std::int64_t k = 0; k < 2; ++k) {
    std::vector<double> differences;
    for (std::int64_t b = 0; b < 150; ++b)
      differences.push_back(board.replicates[b * 4 + 2 + k] - board.replicates[b * 4 + k]);
    std::sort(differences.begin(), differences.end());
    bool accelerated = true;
    const Interval ends = bca_interval(found.difference[2 + k], differences, {}, .95, accelerated);
    EXPECT_FALSE(accelerated);
    EXPECT_EQ(found.low[2 + k], ends.low);
    EXPECT_EQ(found.high[2 + k], ends.high);
  }
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

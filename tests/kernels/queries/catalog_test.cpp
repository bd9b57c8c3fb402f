// Walks the catalog of ranking metrics: each against its definition on one order of documents, averaged over all orders
// of the ties. A metric without a definition in query_cases.h fails.
#include "kernels/queries/metrics/catalog.h"

#include <gtest/gtest.h>

#include <set>

#include "kernels/queries/query_finish.h"
#include "query_cases.h"

namespace bakeoff::kernels {
namespace {

using namespace test;

class EveryQueryMetric : public testing::TestWithParam<int> {
 protected:
  const QueryMetricTraits& traits() const { return QueryMetrics::kTraits[GetParam()]; }
};

// The value of one candidate for query 0.
double value_of(const Queries& queries, const std::vector<double>& scores, QueryMetricCall call,
                bool break_ties = false, bool drop = false) {
  const Workers workers(1);
  double ideal = 0, value = 0;
  const QueryPass pass{{call}, 1, &ideal, queries.discounts.data(), queries.most_graded};
  std::vector<std::uint64_t> scratch(query_values_scratch_bytes(workers, pass) / 8 + 8);
  query_ideals(workers, queries.view(), pass, &ideal, scratch.data());
  const QueryScores<double> view{matrix_view(scores.data(), 1, queries.rows()), nullptr, break_ties, drop};
  query_values(workers, queries.view(), view, pass, &value, scratch.data());
  return value;
}

// Over all orders of the retrieved documents in which scores don't rise.
double mean_over_ties(const Queries& queries, const std::vector<double>& scores, const std::string& name, Index cut) {
  std::vector<int> order;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (std::isfinite(scores[i])) order.push_back(static_cast<int>(i));
  double sum = 0, orders = 0;
  do {
    if (!std::is_sorted(order.begin(), order.end(), [&](int a, int b) { return scores[a] > scores[b]; })) continue;
    Ordered o{{}, queries.relevance, queries.level, cut};
    for (const int i : order) o.ranked.push_back(queries.relevance[i]);
    sum += plain_metrics().at(name)(o);
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  return sum / orders;
}

TEST_P(EveryQueryMetric, IsTheMeanOfItsDefinitionOverAllOrdersOfTies) {
  ASSERT_TRUE(plain_metrics().contains(traits().name)) << "a new metric needs a line in plain_metrics()";
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Index n = 1 + static_cast<Index>(seed % 6);
    const Queries queries = random_queries({n}, seed, .5, seed % 3 == 0 ? 2 : 0);
    const bool drop = seed % 2;
    const std::vector<double> scores = random_scores<double>(n, 1 + static_cast<int>(seed % 4), seed, drop);
    if (!detail::has_needs(queries.view(), 0, traits().needs)) continue;
    for (const Index cut : {Index{1}, Index{2}, Index{4}, Index{9}, kNoCut}) {
      if (cut == kNoCut ? traits().cut == CutRule::required : traits().cut == CutRule::none) continue;
      EXPECT_NEAR(value_of(queries, scores, {GetParam(), cut}, false, drop),
                  mean_over_ties(queries, scores, traits().name, cut), 1e-13)
          << traits().name << " seed " << seed << " cut " << cut;
    }
  }
}

TEST_P(EveryQueryMetric, IsFoundByItsName) { EXPECT_EQ(find_query_metric(traits().name), GetParam()); }

Index usual_cut(const QueryMetricTraits& traits) { return traits.cut == CutRule::none ? kNoCut : 3; }

TEST_P(EveryQueryMetric, IsUndefinedWithoutARelevantDocument) {
  Queries queries;
  queries.add({0, -1, 0});
  EXPECT_TRUE(std::isnan(value_of(queries, {3, 2, 1}, {GetParam(), usual_cut(traits())})));
}

TEST_P(EveryQueryMetric, IsZeroWhereNothingWasRetrieved) {
  Queries queries;
  queries.add({1, 0, 2});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(value_of(queries, {nan, nan, nan}, {GetParam(), usual_cut(traits())}, false, true), 0);
}

TEST_P(EveryQueryMetric, IsLargestForTheBestRanking) {
  Queries queries;
  queries.add({0, 1, 0, 3, 0, 2});
  const QueryMetricCall call{GetParam(), usual_cut(traits())};
  const double best = value_of(queries, {0, 1, 0, 3, 0, 2}, call);
  EXPECT_GT(best, value_of(queries, {4, 1, 5, 0, 3, 2}, call));
  if (traits().name != std::string("dcg") && traits().name != std::string("dcg_exp")) {
    EXPECT_EQ(best, 1);
  }
}

TEST_P(EveryQueryMetric, IsItsDefinitionWhereTiesAreBroken) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Queries queries = random_queries({9}, seed, .5);
    const std::vector<double> scores = random_scores<double>(9, 2, seed);
    if (!detail::has_needs(queries.view(), 0, traits().needs)) continue;
    std::vector<int> order(9);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](int a, int b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a > b; });
    Ordered o{{}, queries.relevance, 0, usual_cut(traits())};
    for (const int i : order) o.ranked.push_back(queries.relevance[i]);
    EXPECT_NEAR(value_of(queries, scores, {GetParam(), o.cut}, true), plain_metrics().at(traits().name)(o), 1e-14);
  }
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryQueryMetric, testing::Range(0, QueryMetrics::kCount),
                         [](const testing::TestParamInfo<int>& i) { return QueryMetrics::kTraits[i.param].name; });

TEST(QueryCatalog, NamesEveryMetricOnce) {
  std::set<std::string> names;
  for (const QueryMetricTraits& traits : QueryMetrics::kTraits) EXPECT_TRUE(names.insert(traits.name).second);
  EXPECT_EQ(find_query_metric("no_such_metric"), -1);
}

TEST(QueryMetrics, ExponentialGainIsExactForWholeGrades) {
  for (int grade = 0; grade <= 52; ++grade) EXPECT_EQ(exponential_gain(grade), std::exp2(grade) - 1);
  EXPECT_NEAR(exponential_gain(.5), std::exp2(.5) - 1, 1e-15);
  EXPECT_EQ(exponential_gain(-1), 0);
}

TEST(QueryMetrics, OneTieOfAMillionDocumentsHasTheClosedForms) {
  Queries queries;
  std::vector<double> grades(1'000'000, 0);
  for (int i = 0; i < 1'000'000; i += 4) grades[i] = 1;
  queries.add(grades);
  const std::vector<double> scores(1'000'000, .5);
  const auto value = [&](const char* name, Index cut) {
    return value_of(queries, scores, {find_query_metric(name), cut});
  };
  EXPECT_NEAR(value("precision", 10), .25, 1e-15);
  EXPECT_NEAR(value("recall", 10), 10e-6, 1e-18);
  EXPECT_NEAR(value("grouped_auc", kNoCut), .5, 0);
  EXPECT_NEAR(value("hit", 2), 1 - .75 * 749'999 / 999'999, 1e-14);
  EXPECT_NEAR(value("mrr", 1), .25, 1e-15);
}

}  // namespace
}  // namespace bakeoff::kernels

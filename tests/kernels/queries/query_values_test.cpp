// Ranks of many queries: both ways to them, any threads, any layout. What the values mean is catalog_test.cpp's.
#include "kernels/queries/query_values.h"

#include <gtest/gtest.h>

#include <bit>

#include "query_cases.h"

namespace bakeoff::kernels {
namespace {

using namespace test;

template <class T>
std::vector<double> values_of(const Queries& queries, const QueryScores<T>& scores,
                              const std::vector<QueryMetricCall>& calls, int threads = 2) {
  const Workers workers(threads);
  std::vector<double> ideal(calls.size() * queries.count());
  std::vector<double> values(scores.scores.extent(0) * ideal.size(), -1);
  const QueryPass pass = pass_of(queries, calls, ideal);
  std::vector<std::uint64_t> scratch(query_values_scratch_bytes(workers, pass) / 8 + 8);
  query_ideals(workers, queries.view(), pass, ideal.data(), scratch.data());
  query_values(workers, queries.view(), scores, pass, values.data(), scratch.data());
  return values;
}

// Bits, because NaN is a value here.
std::vector<std::uint64_t> bits(const std::vector<double>& values, std::size_t count) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(std::bit_cast<std::uint64_t>(values[i]));
  return out;
}
std::vector<std::uint64_t> bits(const std::vector<double>& values) { return bits(values, values.size()); }

const std::vector<Index> kLengths = {0, 1, 2, 30, 100, 0, 1000, 9, 7000, 64, 65, 129, 300, 0};

template <class T>
QueryScores<T> view(const std::vector<T>& scores, const Queries& queries, bool break_ties = false, bool drop = false) {
  const Index m = static_cast<Index>(scores.size()) / queries.rows();
  return {matrix_view(scores.data(), m, queries.rows()), nullptr, break_ties, drop};
}

template <class T>
void expect_both_ways_agree(bool break_ties, bool drop) {
  const Queries queries = random_queries(kLengths, 3);
  for (const int levels : {1, 3, 40, 1'000'000}) {
    const std::vector<T> scores = random_scores<T>(queries.rows(), levels, 5, drop);
    for (const Index cut : {Index{1}, Index{10}, Index{64}, Index{500}}) {
      std::vector<QueryMetricCall> calls;
      for (const QueryMetricCall& call : all_calls({cut}, false))
        if (QueryMetrics::kTraits[call.metric].cut != CutRule::none) calls.push_back(call);
      const auto selected = values_of(queries, view(scores, queries, break_ties, drop), calls);
      calls.push_back({find_query_metric("map"), kNoCut});  // needs all ranks
      const auto counted = values_of(queries, view(scores, queries, break_ties, drop), calls);
      EXPECT_EQ(bits(counted, selected.size()), bits(selected)) << levels << " levels, cut " << cut;
    }
  }
}

TEST(QueryValues, SelectionAndCountingGiveTheSameBits) {
  expect_both_ways_agree<float>(false, false);
  expect_both_ways_agree<double>(false, true);
  expect_both_ways_agree<float>(true, true);
  expect_both_ways_agree<double>(true, false);
}

TEST(QueryValues, HaveTheSameBitsForAnyNumberOfThreads) {
  const Queries queries = random_queries(kLengths, 4);
  const std::vector<float> scores = random_scores<float>(3 * queries.rows(), 50, 6);
  for (const bool whole : {false, true}) {
    const auto one = bits(values_of(queries, view(scores, queries), all_calls({5, 20}, whole), 1));
    for (const int threads : {2, 3, 8})
      EXPECT_EQ(bits(values_of(queries, view(scores, queries), all_calls({5, 20}, whole), threads)), one) << threads;
  }
}

TEST(QueryValues, DoNotDependOnWhereTheRowsLie) {
  const Queries queries = random_queries({5, 400, 33}, 5);
  const Index n = queries.rows();
  const std::vector<double> scores = random_scores<double>(2 * n, 20, 7);
  std::vector<Index> row(n);
  std::iota(row.begin(), row.end(), Index{0});
  std::mt19937_64 random(8);
  std::shuffle(row.begin(), row.end(), random);
  std::vector<double> moved(4 * n, -99);  // every other column of it
  for (Index m = 0; m < 2; ++m)
    for (Index place = 0; place < n; ++place) moved[2 * (m * n + row[place])] = scores[m * n + place];
  const QueryScores<double> strided{{moved.data(), {2, n}, {2 * n, 2}, Device::cpu}, row.data()};
  EXPECT_EQ(bits(values_of(queries, strided, all_calls({10}, true))),
            bits(values_of(queries, view(scores, queries), all_calls({10}, true))));
}

TEST(QueryValues, CompareFloat64ScoresAsFloat64ButInTrecsOrder) {
  Queries queries;
  queries.add({1, 0});
  const std::vector<double> scores = {1, 1 + 0x1p-40};
  const std::vector<QueryMetricCall> mrr = {{find_query_metric("mrr"), kNoCut}};
  EXPECT_EQ(values_of(queries, view(scores, queries), mrr)[0], .5);
  EXPECT_EQ(values_of(queries, view(scores, queries, true), mrr)[0], .5);  // tied as float32: the later place first
  Queries other;
  other.add({0, 1});
  const std::vector<double> reversed = {1 + 0x1p-40, 1};
  EXPECT_EQ(values_of(other, view(reversed, other), mrr)[0], .5);
  EXPECT_EQ(values_of(other, view(reversed, other, true), mrr)[0], 1);
}

TEST(QueryValues, TakeNegativeZeroForZero) {
  Queries queries;
  queries.add({1, 0, 0});
  const std::vector<float> scores = {-0.0f, 0.0f, -1.0f};
  EXPECT_EQ(values_of(queries, view(scores, queries), {{find_query_metric("precision"), 1}})[0], .5);
}

TEST(QueryValues, CountJudgedDocumentsThatWereNotRetrieved) {
  Queries queries;
  queries.add({1, 1, 0, 0});
  const std::vector<double> scores = {std::numeric_limits<double>::quiet_NaN(), 2, 3, 1};
  const auto value = [&](const char* name, Index cut) {
    return values_of(queries, view(scores, queries, false, true), {{find_query_metric(name), cut}})[0];
  };
  EXPECT_EQ(value("recall", 4), .5);
  EXPECT_EQ(value("map", kNoCut), .25);
  EXPECT_EQ(value("grouped_auc", kNoCut), .25);
  EXPECT_NEAR(value("ndcg", 4), 1 / std::log2(3.0) / (1 + 1 / std::log2(3.0)), 1e-15);
}

}  // namespace
}  // namespace bakeoff::kernels

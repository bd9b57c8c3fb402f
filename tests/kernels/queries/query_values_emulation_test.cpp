// The CUDA kernels against what the CPU path does with each query, bit for bit.
#include "kernels/queries/query_values.cuh"

#include <gtest/gtest.h>

#include <bit>

#include "kernels/queries/rank_query.h"
#include "query_cases.h"

#define BAKEOFF_ISA v2
#pragma GCC push_options
#include "kernels/queries/scan_keys_simd.cpp"
#pragma GCC pop_options

namespace bakeoff::kernels {
namespace {

using namespace test;
using emulation::Options;
using emulation::scale;
using emulation::ScopedOptions;

std::vector<std::uint64_t> bits(const std::vector<double>& values) {  // NaN is a value here
  std::vector<std::uint64_t> out;
  for (const double value : values) out.push_back(std::bit_cast<std::uint64_t>(value));
  return out;
}

template <class T, bool kBreakTies>
std::vector<double> on_host(const Queries& queries, const QueryScores<T>& scores, const QueryPass& pass) {
  const Index n = queries.count(), room = detail::RankSlot::room(pass.most_graded), size = pass.count * n;
  std::vector<std::uint64_t> scratch(detail::RankSlot::bytes(room) / 8 + 8);
  std::vector<double> values(scores.scores.extent(0) * size, -1);
  const JudgedQueries view = queries.view();
  const detail::QueryRanker<T, kBreakTies> ranker{
      view, scores, detail::plan_of(pass), detail::RankSlot(scratch.data(), room, 0), room, v2::scan_keys};
  for (Index m = 0; m < scores.scores.extent(0); ++m)
    for (Index q = 0; q < n; ++q) ranker.values(m, q, pass, values.data() + m * size + q);
  return values;
}

template <class T>
std::vector<double> on_device(const Queries& queries, const QueryScores<T>& scores, const QueryPass& pass) {
  std::vector<double> values(scores.scores.extent(0) * pass.count * queries.count(), -1);
  std::vector<std::uint64_t> scratch(query_values_scratch_bytes(Stream{}, queries.view()) / 8 + 1, 0xababababababab);
  query_values(Stream{}, queries.view(), scores, pass, values.data(), scratch.data());
  return values;
}

template <class T>
void expect_same_bits(const Queries& queries, const std::vector<QueryMetricCall>& calls, int levels, bool break_ties,
                      bool drop) {
  const std::vector<T> scores = random_scores<T>(2 * queries.rows(), levels, 9, drop);
  const QueryScores<T> view{matrix_view(scores.data(), 2, queries.rows()), nullptr, break_ties, drop};
  std::vector<double> ideal(calls.size() * queries.count(), 2.5);
  const QueryPass pass = pass_of(queries, calls, ideal);
  const auto want = break_ties ? on_host<T, true>(queries, view, pass) : on_host<T, false>(queries, view, pass);
  EXPECT_EQ(bits(on_device(queries, view, pass)), bits(want))
      << levels << " levels, break ties " << break_ties << ", drop " << drop;
}

const std::vector<Index> kLengths = {0, 1, 30, 9, 100, 3, 300, 129};

TEST(QueryValuesEmulation, SelectionGivesTheBitsOfTheCpu) {
  const Queries queries = random_queries(kLengths, 3);
  std::vector<QueryMetricCall> calls;
  for (const QueryMetricCall& call : all_calls({1, 10, 33}, false))
    if (QueryMetrics::kTraits[call.metric].cut != CutRule::none) calls.push_back(call);
  for (const int levels : scale<std::vector<int>>({1, 5, 1000}, {5})) {
    expect_same_bits<float>(queries, calls, levels, false, true);
    expect_same_bits<double>(queries, calls, levels, false, false);
    expect_same_bits<float>(queries, calls, levels, true, false);
  }
}

TEST(QueryValuesEmulation, CountingGivesTheBitsOfTheCpu) {
  const Queries queries = random_queries(kLengths, 4);
  for (const int levels : scale<std::vector<int>>({1, 5, 1000}, {5})) {
    expect_same_bits<float>(queries, all_calls({2, 10}, true), levels, false, false);
    expect_same_bits<double>(queries, all_calls({2, 10}, true), levels, false, true);
    expect_same_bits<double>(queries, all_calls({2, 10}, true), levels, true, false);
  }
}

TEST(QueryValuesEmulation, GivesTheSameBitsUnderEverySchedule) {
  const Queries queries = random_queries({70, 11}, 5);
  for (int seed = 1; seed <= scale(10, 1); ++seed) {
    Options options;
    options.seed = static_cast<std::uint64_t>(seed);
    const ScopedOptions scoped(options);
    expect_same_bits<float>(queries, {{find_query_metric("ndcg"), 10}, {find_query_metric("hit"), 5}}, 6, false, false);
    expect_same_bits<float>(queries, {{find_query_metric("map"), kNoCut}}, 6, false, false);
  }
}

TEST(QueryValuesEmulation, HasNothingToDoWithoutQueries) {
  Queries none;
  expect_same_bits<float>(none, {{find_query_metric("mrr"), kNoCut}}, 1, false, false);
}

}  // namespace
}  // namespace bakeoff::kernels

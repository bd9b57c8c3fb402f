// Metrics of queries of many lengths: counting (an uncut metric asks for all ranks) and selection, and where one beats
// the other.
#include "kernels/queries/query_values.h"

#include <benchmark/benchmark.h>

#include <cmath>

#include "../data.h"
#include "kernels/queries/metrics/catalog.h"

namespace bakeoff::kernels {
namespace {

struct Data {
  std::vector<Index> offsets{0}, graded_offsets{0}, relevant;
  std::vector<double> relevance, discounts;
  std::vector<std::uint32_t> graded;
  std::vector<float> scores;
  Index most_graded = 0;

  void add(Index length, double share) {
    for (Index i = 0; i < length; ++i) {
      const Index at = offsets.back() + i;
      const double grade = bench::uniform(1, at) < share ? std::ceil(3 * bench::uniform(2, at)) : 0;
      relevance.push_back(grade);
      scores.push_back(static_cast<float>(.7 * bench::uniform(3, at) + .1 * grade));
      if (grade > 0) graded.push_back(static_cast<std::uint32_t>(i));
    }
    offsets.push_back(offsets.back() + length);
    relevant.push_back(static_cast<Index>(graded.size()) - graded_offsets.back());
    graded_offsets.push_back(static_cast<Index>(graded.size()));
    most_graded = std::max(most_graded, relevant.back());
    while (static_cast<Index>(discounts.size()) < length)
      discounts.push_back(rank_discount(static_cast<Index>(discounts.size())));
  }
  JudgedQueries view() const {
    return {static_cast<Index>(relevant.size()),
            offsets.data(),
            relevance.data(),
            0,
            graded_offsets.data(),
            graded.data(),
            relevant.data()};
  }
};

void run(benchmark::State& state, const Data& data, bool whole, int threads) {
  const Workers workers(threads);
  const std::vector<QueryMetricCall> calls = {{find_query_metric("ndcg"), 10},
                                              {find_query_metric("precision"), 10},
                                              {find_query_metric("recall"), 10},
                                              {find_query_metric("mrr"), whole ? kNoCut : 10},
                                              {find_query_metric("map"), whole ? kNoCut : 10}};
  const Index n = data.offsets.back();
  std::vector<double> ideal(calls.size() * data.relevant.size()), values(ideal.size());
  QueryPass pass{{}, static_cast<int>(calls.size()), ideal.data(), data.discounts.data(), data.most_graded};
  std::copy(calls.begin(), calls.end(), pass.calls);
  const bench::Scratch scratch(query_values_scratch_bytes(workers, pass));
  query_ideals(workers, data.view(), pass, ideal.data(), scratch.get());
  const QueryScores<float> scores{matrix_view(data.scores.data(), 1, n)};
  for (auto _ : state) {
    query_values(workers, data.view(), scores, pass, values.data(), scratch.get());
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * n);
}

// 1e6 documents in queries of one length.
void equal_lengths(benchmark::State& state) {
  Data data;
  for (Index q = 0; q < 1'000'000 / state.range(0); ++q)
    data.add(state.range(0), static_cast<double>(state.range(1)) / 100);
  run(state, data, state.range(2), static_cast<int>(state.range(3)));
}
BENCHMARK(equal_lengths)
    ->ArgNames({"length", "graded_percent", "whole", "threads"})
    ->ArgsProduct({{10, 100, 1000, 100000}, {1, 10, 50}, {0, 1}, {1}})
    ->Args({100, 10, 1, 2})
    ->UseRealTime();

// 1e6 documents in queries of 1 to 500,000: each power of two about as many documents as the others.
void mixed_lengths(benchmark::State& state) {
  Data data;
  for (Index length = 1; length <= Index{1} << 19; length *= 2)
    for (Index i = 0; i < std::max<Index>(1, 50'000 / length); ++i) data.add(length, .1);
  run(state, data, state.range(0), static_cast<int>(state.range(1)));
}
BENCHMARK(mixed_lengths)->ArgNames({"whole", "threads"})->ArgsProduct({{0, 1}, {1, 2}})->UseRealTime();

}  // namespace
}  // namespace bakeoff::kernels

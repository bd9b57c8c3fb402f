// Exact AUC of one candidate: the sort is nearly all of it.
#include "kernels/ranking/roc_auc.h"

#include <benchmark/benchmark.h>

#include "../data.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff::kernels {
namespace {

template <class T>
void exact_auc(benchmark::State& state) {
  const Index rows = state.range(0);
  const Workers workers(static_cast<int>(state.range(1)));
  const std::vector<double> labels = bench::labels(rows);
  const std::vector<std::uint8_t> positive(labels.begin(), labels.end());
  const std::vector<T> scores = bench::scores<T>(labels, 1);
  const bench::Scratch scratch(roc_auc_scratch_bytes(workers, rows));
  for (auto _ : state)
    benchmark::DoNotOptimize(roc_auc(workers, vector_view(scores.data(), rows), positive.data(), scratch.get()));
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(exact_auc<float>)->ArgNames({"rows", "threads"})->Args({1000000, 1})->Args({1000000, 2})->UseRealTime();
BENCHMARK(exact_auc<double>)->ArgNames({"rows", "threads"})->Args({1000000, 1})->Args({1000000, 2})->UseRealTime();

void sort(benchmark::State& state) {
  const Index rows = state.range(0);
  const Workers workers(static_cast<int>(state.range(1)));
  const std::vector<double> labels = bench::labels(rows);
  const std::vector<std::uint8_t> positive(labels.begin(), labels.end());
  const std::vector<float> scores = bench::scores<float>(labels, 1);
  const bench::Scratch scratch(sort_scores_scratch_bytes(workers, rows));
  std::vector<std::uint32_t> row(static_cast<std::size_t>(rows));
  std::vector<std::uint8_t> flags(static_cast<std::size_t>(rows));
  for (auto _ : state) {
    sort_scores(workers, vector_view(scores.data(), rows), positive.data(), RankingOut{row.data(), flags.data()},
                scratch.get());
    benchmark::DoNotOptimize(row.data());
  }
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(sort)->ArgNames({"rows", "threads"})->Args({1000000, 1})->Args({1000000, 2})->UseRealTime();

}  // namespace
}  // namespace bakeoff::kernels

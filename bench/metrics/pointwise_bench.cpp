// All point metrics of a binary task for M candidates in one pass over the rows.
#include "kernels/metrics/pointwise.h"

#include <benchmark/benchmark.h>

#include "../data.h"
#include "kernels/metrics/catalog.h"

namespace bakeoff::kernels {
namespace {

template <class T>
void point_metrics(benchmark::State& state) {
  const Index rows = state.range(0), candidates = state.range(1);
  const Workers workers(static_cast<int>(state.range(2)));
  const Metric* const metrics[] = {&kLogLoss, &kBrier, &kAccuracy, &kF1, &kMcc};
  const TermSet terms = terms_for(metrics, 5);
  const std::vector<double> labels = bench::labels(rows);
  const std::vector<T> scores = bench::scores<T>(labels, candidates);
  const ScoredRows<T> scored{matrix_view(scores.data(), candidates, rows), vector_view(labels.data(), rows)};
  const Index columns = candidates * terms.count();
  const bench::Scratch scratch(partials_bytes(columns, rows));
  std::vector<double> sums(static_cast<std::size_t>(columns)), largest(sums);
  for (auto _ : state) {
    pointwise_sums(workers, scored, terms, MetricContext{}, sums.data(), largest.data(), scratch.get());
    benchmark::DoNotOptimize(sums.data());
  }
  state.SetItemsProcessed(state.iterations() * rows * candidates);
}
BENCHMARK(point_metrics<float>)
    ->ArgNames({"rows", "candidates", "threads"})
    ->Args({100000, 16, 1})
    ->Args({100000, 16, 2})
    ->UseRealTime();
BENCHMARK(point_metrics<double>)->ArgNames({"rows", "candidates", "threads"})->Args({100000, 16, 1})->UseRealTime();

}  // namespace
}  // namespace bakeoff::kernels

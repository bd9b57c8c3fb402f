// 50 disjoint slices of the rows at once, and all rows beside them: what a slice costs above its row's draws.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "../data.h"
#include "kernels/metrics/catalog.h"
#include "kernels/slices/sliced_bootstrap.h"
#include "kernels/slices/sliced_sums.h"

namespace bakeoff::kernels {
namespace {

struct Slices {
  std::vector<std::vector<std::int64_t>> rows;
  std::vector<SliceRows> views;

  Slices(Index count, Index all) : rows(static_cast<std::size_t>(count)), views{{nullptr, all, nullptr, 0, nullptr}} {
    for (Index i = 0; i < all; ++i)
      if (count > 0) rows[static_cast<std::size_t>(i * 2654435761 % 1048573 % count)].push_back(i);
    for (const auto& list : rows) views.push_back({list.data(), static_cast<Index>(list.size()), nullptr, 0, nullptr});
  }
  Index count() const { return static_cast<Index>(views.size()); }
};

const Metric* const kMetricsHere[] = {&kAccuracy, &kPrecision, &kRecall, &kF1};

void sliced_point_metrics(benchmark::State& state) {
  const Index rows = state.range(0);
  const Slices slices(state.range(1), rows);
  const Workers workers(static_cast<int>(state.range(2)));
  const TermSet terms = terms_for(kMetricsHere, 4);
  const std::vector<double> labels = bench::labels(rows);
  const std::vector<float> scores = bench::scores<float>(labels, 1);
  const ScoredRows<float> scored{matrix_view(scores.data(), 1, rows), vector_view(labels.data(), rows)};
  const std::vector<MetricContext> contexts(slices.views.size());
  std::vector<double> sums(slices.views.size() * static_cast<std::size_t>(terms.count())), largest(sums);
  const bench::Scratch scratch(sliced_sums_scratch_bytes(slices.views.data(), slices.count(), terms.count()));
  for (auto _ : state)
    sliced_sums(workers, scored, slices.views.data(), slices.count(), terms, contexts.data(), sums.data(),
                largest.data(), scratch.get());
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(sliced_point_metrics)
    ->ArgNames({"rows", "slices", "threads"})
    ->Args({100000, 0, 1})
    ->Args({100000, 50, 1})
    ->Args({100000, 50, 2})
    ->UseRealTime();

void sliced_replicates(benchmark::State& state) {
  const Index rows = state.range(0);
  const Slices slices(state.range(1), rows);
  const Workers workers(static_cast<int>(state.range(3)));
  const TermSet terms = terms_for(kMetricsHere, 4);
  const std::vector<double> labels = bench::labels(rows);
  const std::vector<float> scores = bench::scores<float>(labels, 1);
  const ScoredRows<float> scored{matrix_view(scores.data(), 1, rows), vector_view(labels.data(), rows)};
  const std::vector<MetricContext> contexts(slices.views.size());
  const Resamples resamples{RngKey::from_seed(1), static_cast<int>(state.range(2))};
  const ResampleUnits units = ResampleUnits::rows(rows);
  const std::size_t columns = slices.views.size() * static_cast<std::size_t>(terms.count());
  const std::vector<int> exponents(columns, 0);
  const bench::Scratch scratch(
      sliced_bootstrap_scratch_bytes(workers, 1, terms, slices.views.data(), slices.count(), units));
  for (auto _ : state) {
    std::vector<ExactSum> totals(columns * static_cast<std::size_t>(resamples.count));
    sliced_bootstrap(workers, scored, slices.views.data(), slices.count(), units, resamples, terms, contexts.data(),
                     exponents.data(), totals.data(), scratch.get());
    benchmark::DoNotOptimize(totals.data());
  }
  state.SetItemsProcessed(state.iterations() * rows * resamples.count);
}
BENCHMARK(sliced_replicates)
    ->ArgNames({"rows", "slices", "resamples", "threads"})
    ->Args({100000, 0, 20, 1})
    ->Args({100000, 50, 20, 1})
    ->Args({100000, 0, 200, 1})
    ->Args({100000, 50, 200, 1})
    ->Args({100000, 50, 200, 2})
    ->UseRealTime();

}  // namespace
}  // namespace bakeoff::kernels

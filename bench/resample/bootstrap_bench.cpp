// The shared Poisson bootstrap: AUC and average precision over a ranking, and the sums of the point metrics. Items are
// draws: rows x resamples.
#include <benchmark/benchmark.h>

#include "../data.h"
#include "kernels/metrics/catalog.h"
#include "kernels/metrics/pointwise.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/auc_bootstrap.h"
#include "kernels/resample/curve_bootstrap.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff::kernels {
namespace {

// One candidate's ranking; every row is a unit.
struct Ranked {
  std::vector<std::uint32_t> row;
  std::vector<std::uint8_t> flags;
  RankingView view;
  ResampleUnits units;

  Ranked(const Workers& workers, Index rows) : row(static_cast<std::size_t>(rows)), flags(row.size()) {
    const std::vector<double> labels = bench::labels(rows);
    const std::vector<std::uint8_t> positive(labels.begin(), labels.end());
    const std::vector<float> scores = bench::scores<float>(labels, 1);
    const bench::Scratch sorting(sort_scores_scratch_bytes(workers, rows));
    sort_scores(workers, vector_view(scores.data(), rows), positive.data(), RankingOut{row.data(), flags.data()},
                sorting.get());
    view = {row.data(), flags.data(), rows};
    units.count = rows;
  }
};

void bootstrap_auc(benchmark::State& state) {
  const Index rows = state.range(0);
  const int resamples = static_cast<int>(state.range(1));
  const Workers workers(static_cast<int>(state.range(2)));
  const Ranked ranked(workers, rows);
  const Resamples range{RngKey::from_seed(1), resamples};
  const bench::Scratch scratch(auc_bootstrap_scratch_bytes(workers, &ranked.view, 1, ranked.units, range));
  std::vector<AucState<std::uint64_t>> out(static_cast<std::size_t>(resamples));
  for (auto _ : state) {
    auc_bootstrap(workers, &ranked.view, 1, ranked.units, range, matrix_view(out.data(), 1, resamples), scratch.get());
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * rows * resamples);
}
BENCHMARK(bootstrap_auc)
    ->ArgNames({"rows", "resamples", "threads"})
    ->Args({100000, 200, 1})
    ->Args({100000, 200, 2})
    ->UseRealTime();

void bootstrap_average_precision(benchmark::State& state) {
  const Index rows = state.range(0);
  const int resamples = static_cast<int>(state.range(1));
  const Workers workers(static_cast<int>(state.range(2)));
  const Ranked ranked(workers, rows);
  const Resamples range{RngKey::from_seed(1), resamples};
  const CurveQuery query{CurveKind::average_precision};
  const bench::Scratch scratch(curve_bootstrap_scratch_bytes(workers, &ranked.view, 1, ranked.units, range));
  std::vector<CurveState> out(static_cast<std::size_t>(resamples));
  for (auto _ : state) {
    curve_bootstrap(workers, &ranked.view, 1, ranked.units, nullptr, &query, 1, range,
                    {out.data(), {1, 1, resamples}, {resamples, resamples, 1}}, scratch.get());
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * rows * resamples);
}
BENCHMARK(bootstrap_average_precision)
    ->ArgNames({"rows", "resamples", "threads"})
    ->Args({100000, 200, 1})
    ->Args({100000, 200, 2})
    ->UseRealTime();

void bootstrap_point_metrics(benchmark::State& state) {
  const Index rows = state.range(0), candidates = 4;
  const Workers workers(static_cast<int>(state.range(2)));
  const Metric* const metrics[] = {&kLogLoss, &kBrier, &kAccuracy};
  const TermSet terms = terms_for(metrics, 3);
  const std::vector<double> labels = bench::labels(rows);
  const std::vector<float> scores = bench::scores<float>(labels, candidates);
  const ScoredRows<float> scored{matrix_view(scores.data(), candidates, rows), vector_view(labels.data(), rows)};
  const ResampleUnits units = ResampleUnits::rows(rows);
  const Resamples resamples{RngKey::from_seed(1), static_cast<int>(state.range(1))};
  const Index columns = candidates * terms.count();
  const std::vector<int> exponents(static_cast<std::size_t>(columns), 6);
  const bench::Scratch scratch(pointwise_bootstrap_scratch_bytes(workers, candidates, rows, terms, units));
  for (auto _ : state) {
    std::vector<ExactSum> totals(static_cast<std::size_t>(columns * resamples.count));
    pointwise_bootstrap(workers, scored, units, resamples, terms, MetricContext{}, exponents.data(), totals.data(),
                        scratch.get());
    benchmark::DoNotOptimize(totals.data());
  }
  state.SetItemsProcessed(state.iterations() * rows * resamples.count);
}
BENCHMARK(bootstrap_point_metrics)
    ->ArgNames({"rows", "resamples", "threads"})
    ->Args({50000, 200, 1})
    ->Args({50000, 200, 2})
    ->UseRealTime();

}  // namespace
}  // namespace bakeoff::kernels

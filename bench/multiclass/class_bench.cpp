// Many classes: the pass over the scores, and the bootstrap of sums by code. Items are scores, and rows x resamples.
#include <benchmark/benchmark.h>

#include "../data.h"
#include "kernels/metrics/code_sums.h"
#include "kernels/multiclass/class_rows.h"
#include "kernels/resample/code_bootstrap.h"

namespace bakeoff::kernels {
namespace {

std::vector<std::int32_t> class_labels(Index rows, int classes) {
  std::vector<std::int32_t> out;
  for (Index i = 0; i < rows; ++i) out.push_back(static_cast<std::int32_t>(bench::uniform(1, i) * classes));
  return out;
}

void class_rows_cpu(benchmark::State& state) {
  const Index rows = state.range(0);
  const int classes = static_cast<int>(state.range(1));
  const Workers workers(static_cast<int>(state.range(2)));
  std::vector<float> scores;
  for (Index i = 0; i < rows * classes; ++i) scores.push_back(static_cast<float>(bench::uniform(2, i)));
  const std::vector<std::int32_t> labels = class_labels(rows, classes);
  std::vector<std::int16_t> predicted(rows), outcome(rows);
  std::vector<float> probability(rows);
  const ClassScores<float> in{matrix_view<const float>(scores.data(), rows, classes), labels.data()};
  for (auto _ : state) {
    class_rows<float>(workers, in, {predicted.data(), outcome.data(), nullptr, probability.data(), nullptr});
    benchmark::DoNotOptimize(outcome.data());
  }
  state.SetItemsProcessed(state.iterations() * rows * classes);
}
BENCHMARK(class_rows_cpu)
    ->ArgNames({"rows", "classes", "threads"})
    ->Args({200000, 10, 1})
    ->Args({200000, 10, 2})
    ->UseRealTime();

void bootstrap_codes(benchmark::State& state) {
  const Index rows = state.range(0);
  const int classes = static_cast<int>(state.range(1));
  const Workers workers(static_cast<int>(state.range(2)));
  const std::vector<std::int32_t> labels = class_labels(2 * rows, classes);
  const std::vector<std::int16_t> codes(labels.begin(), labels.end());
  const Index first[] = {0, classes, 2 * classes};
  const CodedRows coded{matrix_view<const std::int16_t>(codes.data(), 2, rows), first, first[2]};
  const Resamples resamples{RngKey::from_seed(1), 192};
  const bench::Scratch scratch(code_bootstrap_scratch_bytes(workers, coded));
  for (auto _ : state) {
    std::vector<ExactSum> totals(static_cast<std::size_t>(coded.sums * resamples.count));
    code_bootstrap(workers, coded, ResampleUnits::rows(rows), resamples, kCountExponent, totals.data(), scratch.get());
    benchmark::DoNotOptimize(totals.data());
  }
  state.SetItemsProcessed(state.iterations() * rows * resamples.count);
}
BENCHMARK(bootstrap_codes)
    ->ArgNames({"rows", "classes", "threads"})
    ->Args({100000, 10, 1})
    ->Args({100000, 10, 2})
    ->Args({100000, 1000, 2})
    ->UseRealTime();

}  // namespace
}  // namespace bakeoff::kernels

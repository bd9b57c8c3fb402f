// The three steps of a numeric column's drift: sort the current values, walk them with the reference's, count bins.
#include <benchmark/benchmark.h>

#include <cmath>

#include "../data.h"
#include "kernels/drift/bin_counts.h"
#include "kernels/drift/sort_values.h"
#include "kernels/drift/two_sample.h"

namespace bakeoff::kernels {
namespace {

std::vector<double> normal(std::uint32_t stream, Index rows) {
  std::vector<double> out(static_cast<std::size_t>(rows));
  for (Index i = 0; i < rows; ++i)
    out[static_cast<std::size_t>(i)] = std::sqrt(-2 * std::log(1 - bench::uniform(stream, i))) *
                                       std::cos(6.283185307179586 * bench::uniform(stream + 1, i));
  return out;
}

std::vector<double> sorted(const Workers& workers, const std::vector<double>& values) {
  std::vector<double> out(values.size());
  const auto rows = static_cast<Index>(values.size());
  const bench::Scratch scratch(sort_values_scratch_bytes(workers, rows));
  sort_values(workers, vector_view(values.data(), rows), out.data(), scratch.get());
  return out;
}

void sort_column(benchmark::State& state) {
  const Workers workers(static_cast<int>(state.range(1)));
  const std::vector<double> values = normal(1, state.range(0));
  std::vector<double> out(values.size());
  const bench::Scratch scratch(sort_values_scratch_bytes(workers, state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(
        sort_values(workers, vector_view(values.data(), state.range(0)), out.data(), scratch.get()));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sort_column)
    ->ArgNames({"rows", "threads"})
    ->Args({100000, 1})
    ->Args({1000000, 1})
    ->Args({1000000, 2})
    ->UseRealTime();

void walk_pair(benchmark::State& state) {
  const Workers workers(static_cast<int>(state.range(1)));
  const std::vector<double> a = sorted(workers, normal(1, state.range(0))),
                            b = sorted(workers, normal(3, state.range(0)));
  const SortedPair pair{a.data(), b.data(), state.range(0), state.range(0)};
  const bench::Scratch scratch(two_sample_scratch_bytes(pair.ranks()));
  TwoSample out;
  for (auto _ : state) {
    two_sample(workers, pair, &out, scratch.get());
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations() * pair.ranks());
}
BENCHMARK(walk_pair)
    ->ArgNames({"rows", "threads"})
    ->Args({100000, 1})
    ->Args({1000000, 1})
    ->Args({1000000, 2})
    ->UseRealTime();

void count_bins(benchmark::State& state) {
  const Workers workers(static_cast<int>(state.range(1)));
  const std::vector<double> values = normal(1, state.range(0));
  BinEdges edges;
  for (double edge : {-1.28, -0.84, -0.52, -0.25, 0., 0.25, 0.52, 0.84, 1.28}) edges.edge[edges.count++] = edge;
  std::vector<std::uint64_t> counts(11);
  for (auto _ : state) bin_counts(workers, vector_view(values.data(), state.range(0)), edges, counts.data());
  state.SetBytesProcessed(state.iterations() * state.range(0) * 8);
}
BENCHMARK(count_bins)
    ->ArgNames({"rows", "threads"})
    ->Args({100000, 1})
    ->Args({1000000, 1})
    ->Args({1000000, 2})
    ->UseRealTime();

}  // namespace
}  // namespace bakeoff::kernels

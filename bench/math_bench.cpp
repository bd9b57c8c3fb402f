// ns per value of a loop over 256 values in L1, compiled for the baseline as most callers are.
#include <benchmark/benchmark.h>

#include "kernels/math.h"

namespace bakeoff::kernels {
namespace {

template <class F>
void over_lanes(benchmark::State& state, const F& f) {
  double in[256], out[256];
  for (int i = 0; i < 256; ++i) in[i] = (i + .5) / 256;
  for (auto _ : state) {
    benchmark::DoNotOptimize(&in);
    for (int i = 0; i < 256; ++i) out[i] = f(in[i]);
    benchmark::DoNotOptimize(&out);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * 256);
}

void log(benchmark::State& state) {
  over_lanes(state, [](double x) { return math::log(x); });
}
void log1p(benchmark::State& state) {
  over_lanes(state, [](double x) { return math::log1p(x); });
}
void exp(benchmark::State& state) {
  over_lanes(state, [](double x) { return math::exp(x); });
}
BENCHMARK(log);
BENCHMARK(log1p);
BENCHMARK(exp);

}  // namespace
}  // namespace bakeoff::kernels

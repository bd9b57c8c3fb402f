// Items are draws: units x resamples. The argument is the instruction set (0: baseline, 1: AVX2, 2: AVX-512).
#include <benchmark/benchmark.h>

#include <vector>

#include "kernels/resample/weights_simd.h"

namespace bakeoff::kernels {
namespace {

void fill(benchmark::State& state) {
  const auto isa = static_cast<Isa>(state.range(0));
  if (!supports(isa)) return state.SkipWithError("this CPU lacks the instruction set");
  WeightTile tile;
  tile.count = 256;
  tile.groups = 8;
  std::vector<std::uint8_t> out(tile.count * tile.resamples());
  for (auto _ : state) {
    tile.first_unit += tile.count;
    fill_weights(tile, out.data(), isa);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * tile.count * tile.resamples());
}
BENCHMARK(fill)->Arg(0)->Arg(1)->Arg(2);

}  // namespace
}  // namespace bakeoff::kernels

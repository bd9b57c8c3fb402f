#include "drift/permuted_distance.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/philox.h"

namespace bakeoff {
namespace {

// sum |i m - j n| times the step, for one random choice of n of the ranks: each is taken with probability (still to
// take) / (still to come), which makes all choices equally likely (Knuth, 3.4.2, algorithm S).
double dealt_area(const std::vector<double>& steps, const kernels::SortedPair& pair, kernels::RngKey key,
                  std::uint32_t draw) {
  constexpr auto kStream = static_cast<std::uint32_t>(kernels::Stream4::drift);
  auto to_take = static_cast<std::uint64_t>(pair.n), to_come = static_cast<std::uint64_t>(pair.ranks());
  std::int64_t gap = 0;
  double area = 0;
  kernels::Counter words{};
  for (std::size_t rank = 0; rank < steps.size(); ++rank) {
    if (rank % 4 == 0) words = kernels::philox(key, {{static_cast<std::uint32_t>(rank / 4), 2, draw, kStream}});
    const bool taken = words.word[rank % 4] * to_come >> 32 < to_take;
    gap += taken ? pair.m : -pair.n;
    to_take -= taken;
    --to_come;
    area += static_cast<double>(gap < 0 ? -gap : gap) * steps[rank];
  }
  return area;
}

}  // namespace

double permuted_distance_tail(const kernels::SortedPair& pair, double area, const Permutations& permutations) {
  std::vector<double> all(static_cast<std::size_t>(pair.ranks()));
  std::merge(pair.a, pair.a + pair.n, pair.b, pair.b + pair.m, all.begin());
  std::vector<double> steps(all.size() - 1);
  for (std::size_t rank = 0; rank < steps.size(); ++rank) steps[rank] = all[rank + 1] - all[rank];
  const kernels::RngKey key = kernels::RngKey::from_seed(permutations.seed);
  int above = 0;
  // Equal choices differ in the last bits only.
  for (int draw = 0; draw < permutations.count; ++draw)
    above += dealt_area(steps, pair, key, static_cast<std::uint32_t>(draw)) >= area * (1 - 1e-12);
  return (1. + above) / (1. + permutations.count);
}

}  // namespace bakeoff

// How likely a Wasserstein distance is when rows are dealt to the two samples at random.
#pragma once
#include <cstdint>

#include "drift/shares.h"
#include "kernels/drift/two_sample.h"

namespace bakeoff {

// (1 + draws at least as far) / (1 + draws). Costs n + m steps a draw.
double permuted_distance_tail(const kernels::SortedPair& pair, double area, const Permutations& permutations);

}  // namespace bakeoff

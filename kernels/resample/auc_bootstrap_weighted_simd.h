// The inner loop of weighted_auc_bootstrap on the CPU: 64 resamples of some ranks in double.
#pragma once
#include "kernels/ranking/ranking.h"
#include "kernels/resample/auc_bootstrap_simd.h"

namespace bakeoff::kernels {

// AucFold<double> in 64 resamples, and which classes the open group has.
struct WeightedAucTile {
  double positive[kAucLanes], negative[kAucLanes], area2[kAucLanes];
  double open_positive[kAucLanes], open_negative[kAucLanes];
  double head_positive[kAucLanes], head_negative[kAucLanes];
  bool head_open, open_has_positive, open_has_negative;
};

struct WeightedRanks {
  const std::uint8_t* flags;
  const double* weights;      // sample weights by rank
  const std::uint8_t* drawn;  // (count, 64)
  int count;
  bool first_of_chunk;  // then the first rank opens the first group, whatever its flag
};

namespace v2 {
void fold_weighted(const WeightedRanks& ranks, WeightedAucTile& tile);
}
namespace v3 {
void fold_weighted(const WeightedRanks& ranks, WeightedAucTile& tile);
}
namespace v4 {
void fold_weighted(const WeightedRanks& ranks, WeightedAucTile& tile);
}

}  // namespace bakeoff::kernels

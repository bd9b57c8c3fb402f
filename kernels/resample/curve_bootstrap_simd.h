// The inner loops of curve_bootstrap on the CPU: 64 resamples of some ranks in double.
#pragma once
#include "kernels/ranking/curve.h"

namespace bakeoff::kernels {

inline constexpr int kCurveLanes = 64;  // resamples in a tile: 8 counters of Philox
inline constexpr int kCurveSpanRanks = 256;

// Some ranks of a chunk, from the highest score down.
struct CurveRanks {
  const std::uint8_t* flags;
  const double* weights;      // sample weights by rank; nullptr: 1 each
  const std::uint8_t* drawn;  // the draws of rank r: 64 bytes from drawn + 64 * place[r]
  const std::uint32_t* place;
  int count;
};

// CurveFold in 64 resamples.
struct CurveTile {
  double start_positive[kCurveLanes], start_negative[kCurveLanes];
  double positive[kCurveLanes], negative[kCurveLanes];  // of the chunk so far
  double closed_positive[kCurveLanes], closed_negative[kCurveLanes];
  double value[kCurveLanes];  // of the chunk so far
  bool group_has_positive;
};

struct CurveTotals {
  double positive[kCurveLanes], negative[kCurveLanes];
};

#define BAKEOFF_CURVE_SIMD                                                                                       \
  /* CurveFold::add and close of every rank. `totals` where the kind needs them. */                              \
  void fold_curve(const CurveRanks& ranks, const CurveQuery& query, const CurveTotals* totals, CurveTile& tile); \
  /* tile.positive and tile.negative alone. */                                                                   \
  void add_curve_weights(const CurveRanks& ranks, CurveTile& tile);                                              \
  /* The end of a chunk: into `value`, in the order of join_chunks. */                                           \
  void end_curve_chunk(CurveKind kind, CurveTile& tile, double* value);

namespace v2 {
BAKEOFF_CURVE_SIMD
}
namespace v3 {
BAKEOFF_CURVE_SIMD
}
namespace v4 {
BAKEOFF_CURVE_SIMD
}
#undef BAKEOFF_CURVE_SIMD

}  // namespace bakeoff::kernels

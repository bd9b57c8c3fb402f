// The inner loop of code_bootstrap on the CPU: the weights of some rows in 64 resamples, added up by code.
#pragma once
#include "kernels/isa.h"
#include "kernels/portable.h"

namespace bakeoff::kernels {

inline constexpr int kCodeLanes = 64;  // resamples in a tile

// sums[(codes[i] + 1) * 64 + r] += weight of row i in resample r. Row -1 of a column takes what counts nowhere: an
// addition that nobody reads is cheaper than a branch that can't be foreseen.
struct CodedTile {
  const std::uint8_t* weights;  // place x 64
  const std::uint16_t* place;   // rows: where a row's unit stands in `weights`; nullptr: row i at i
  const std::int16_t* codes;    // rows
  Index rows;
};

namespace v2 {
void add_counts(const CodedTile& tile, std::uint16_t* sums);
void add_terms(const CodedTile& tile, const double* terms, double* sums);
}  // namespace v2
namespace v3 {
void add_counts(const CodedTile& tile, std::uint16_t* sums);
void add_terms(const CodedTile& tile, const double* terms, double* sums);
}  // namespace v3
namespace v4 {
void add_counts(const CodedTile& tile, std::uint16_t* sums);
void add_terms(const CodedTile& tile, const double* terms, double* sums);
}  // namespace v4

}  // namespace bakeoff::kernels

// Rows that count for codes: which class was predicted, which was hit, which cell of a label's 2 x 2 table came.
#pragma once
#include "kernels/order.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

inline constexpr Index kMaxCodes = 32767;  // of one column: codes are 16 bits, so that they cost less than the scores

struct CodedRows {
  TensorView<const std::int16_t, 2>
      codes;                              // J x N, rows side by side: 0 ... width - 1, or -1 where a row counts nowhere
  const Index* first = nullptr;           // J + 1: where a column's codes stand among all sums; first[0] = 0
  Index sums = 0;                         // first[J]
  TensorView<const double, 1> weights{};  // N, side by side, finite, not negative; without data: all 1

  BAKEOFF_HD Index columns() const { return codes.extent(0); }
  BAKEOFF_HD Index rows() const { return codes.extent(1); }
};

}  // namespace bakeoff::kernels

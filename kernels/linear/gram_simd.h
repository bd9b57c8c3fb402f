// A block of rows into the sums of gram.h: the inner loops.
#pragma once
#include "kernels/linear/gram.h"

namespace bakeoff::kernels {

// Rows of a block: as many multiplications a sum that is loaded and stored. Measured at 504 columns: 32 take 1 %
// longer, 128 2 % less, but 1 MB.
inline constexpr int kGramRows = 64;

// Rows times the square root of their weight, zeros beyond the columns; entry is rows x categoricals.
struct GramBlock {
  int rows = 0, columns = 0, categoricals = 0;  // columns: a multiple of 8
  const double* z = nullptr;                    // rows x columns
  double* panels = nullptr;                     // scratch: kGramRows x columns
  const std::int32_t* entry = nullptr;          // category, counted over all columns; ascending in a row
  const double* root = nullptr;                 // square roots of the weights
};
struct GramSums {
  double* dense = nullptr;   // columns x columns, the upper triangle and what tiles add to it
  double* tables = nullptr;  // categories x columns
  double* counts = nullptr;  // categories x categories, upper triangle
  int categories = 0;
};

namespace v2 {
void gram_block(const GramBlock&, const GramSums&);
}
namespace v3 {
void gram_block(const GramBlock&, const GramSums&);
}
namespace v4 {
void gram_block(const GramBlock&, const GramSums&);
}
inline void gram_block(const GramBlock& block, const GramSums& sums, Isa isa) {
  BAKEOFF_FOR_ISA(isa, gram_block(block, sums));
}

}  // namespace bakeoff::kernels

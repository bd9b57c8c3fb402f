// Rows and deals to test the discrepancy on.
#pragma once
#include <random>
#include <vector>

#include "kernels/drift/mmd.h"

namespace bakeoff::kernels::testing {

// Deal 0 has all rows, deal 1 the first third, the others are random.
struct MmdCase {
  std::vector<double> values;
  std::vector<std::uint8_t> sides;
  MmdRows rows;

  MmdCase(Index n, Index features, Index deals) {
    std::mt19937_64 rng(static_cast<unsigned>(n));
    std::normal_distribution<double> normal;
    for (Index i = 0; i < n * features; ++i) values.push_back(normal(rng));
    for (Index deal = 0; deal < deals; ++deal)
      for (Index i = 0; i < n; ++i) sides.push_back(deal == 0 || (deal == 1 ? i < n / 3 : rng() % 2));
    rows = {values.data(), n, features, .3, sides.data(), deals};
  }
  // By the definition, row by row.
  MmdSums plain(Index deal) const {
    MmdSums sums;
    for (Index i = 0; i < rows.rows; ++i)
      for (Index j = 0; j < rows.rows; ++j) {
        sums.within += rows.side(deal, i) * rows.side(deal, j) * rows.kernel(i, j);
        sums.from += rows.side(deal, i) * rows.kernel(i, j);
      }
    return sums;
  }
};

}  // namespace bakeoff::kernels::testing

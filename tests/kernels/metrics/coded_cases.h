// Rows with codes for the tests of code_sums and code_bootstrap.
#pragma once
#include <random>
#include <vector>

#include "kernels/metrics/coded_rows.h"

namespace bakeoff::kernels {

struct CodedCase {
  std::vector<Index> first;
  std::vector<std::int16_t> codes;  // J x N
  std::vector<double> weights;      // empty: none
  Index rows;

  CodedRows view() const {
    CodedRows out{matrix_view(codes.data(), static_cast<Index>(first.size()) - 1, rows), first.data(), first.back()};
    if (!weights.empty()) out.weights = vector_view(weights.data(), rows);
    return out;
  }
};

// A column for each width; a quarter of the rows counts nowhere.
inline CodedCase make_coded(Index rows, const std::vector<int>& widths, bool weighted, unsigned seed = 3) {
  std::mt19937_64 random(seed);
  CodedCase out{{0}, {}, {}, rows};
  for (const int width : widths) {
    out.first.push_back(out.first.back() + width);
    for (Index i = 0; i < rows; ++i)
      out.codes.push_back(static_cast<std::int16_t>(random() % 4 == 0 ? -1 : static_cast<int>(random() % width)));
  }
  for (Index i = 0; weighted && i < rows; ++i) out.weights.push_back(static_cast<double>(random() >> 11) * 0x1p-50);
  return out;
}

}  // namespace bakeoff::kernels

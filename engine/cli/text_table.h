// Aligned columns for the terminal.
#pragma once
#include <string>
#include <vector>

#include "core/types.h"

namespace bakeoff::cli {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}
  // As many cells as the header has.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Header, a rule, rows. A column whose cells are all numbers (or "-") is aligned to the right.
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Six significant digits; "-" for NaN.
std::string cell(double value);
// "0.731 [0.702, 0.760]"; the value alone if there is no interval.
std::string cell(const Interval& interval);

}  // namespace bakeoff::cli

// p-values of many tests at once.
#pragma once
#include <vector>

namespace bakeoff {

// Adjusted p-values; NaN stays NaN and does not count as a test. Holm: A simple sequentially rejective multiple test
// procedure; Scand. J. Statist. 1979: the family-wise error, whatever the dependence.
std::vector<double> holm(const std::vector<double>& p);
// Benjamini, Hochberg: Controlling the false discovery rate; J. R. Statist. Soc. B 1995: under positive dependence.
std::vector<double> benjamini_hochberg(const std::vector<double>& p);

}  // namespace bakeoff

// Tails of distributions, and p-values of many tests at once.
#pragma once
#include <cstdint>
#include <vector>

namespace bakeoff {

double log_factorial(std::int64_t n);
// P(X >= x) for chi-squared; 1 for x <= 0, NaN without degrees of freedom.
double chi_squared_tail(double x, double degrees);
// P(|Z| >= |z|).
double normal_tail(double z);
// Benjamini and Hochberg (1995): the smallest false discovery rate at which each would be rejected. NaN is no test.
std::vector<double> benjamini_hochberg(const std::vector<double>& p);

}  // namespace bakeoff

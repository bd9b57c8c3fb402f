// Tails of distributions.
#pragma once
#include <cstdint>

namespace bakeoff {

double log_factorial(std::int64_t n);
// P(X >= x) for chi-squared; 1 for x <= 0, NaN without degrees of freedom.
double chi_squared_tail(double x, double degrees);
// P(|Z| >= |z|).
double normal_tail(double z);

}  // namespace bakeoff

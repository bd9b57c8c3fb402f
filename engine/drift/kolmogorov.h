// How likely a Kolmogorov-Smirnov statistic is when both samples come from one distribution.
#pragma once
#include <cstdint>

namespace bakeoff {

// P(D >= d) for the distance D of one sample of n to its distribution; within 1e-9 relative. Simard and L'Ecuyer,
// "Computing the two-sided Kolmogorov-Smirnov distribution", J. Stat. Software 39 (2011), says which method is right
// where: Marsaglia, Tsang and Wang's matrix, Smirnov's sum doubled, Pelz and Good's series.
double kolmogorov_tail(std::int64_t n, double d);

// P(max |i m - j n| >= gap) over all orders of n and m values, exactly: the share of lattice paths that leave the band.
// Takes n m / 2 steps at most.
double two_sample_tail(std::int64_t n, std::int64_t m, std::int64_t gap);

struct KsTail {
  double p = 1;
  bool exact = false;
};
// As scipy.stats.ks_2samp(method="auto"): exact up to 10,000 values in the larger sample, beyond that the distance of
// one sample of round(n m / (n + m)).
KsTail ks_tail(std::int64_t n, std::int64_t m, std::int64_t gap);

}  // namespace bakeoff

// Two columns of counts, reference and current, bin by bin or category by category: PSI, Jensen-Shannon, chi-squared.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace bakeoff {

using Counts = std::vector<std::uint64_t>;

inline constexpr double kPsiFloor = 1e-4;

// sum (q - p) ln(q / p) over shares that are at least 1e-4. NaN if a side is empty.
double population_stability_index(const Counts& reference, const Counts& current);
// In bits, the divergence; the distance is its square root. Shares are used as they are. NaN if a side is empty.
double jensen_shannon_divergence(const Counts& reference, const Counts& current);

// Bins in which anything was counted.
int occupied(const Counts& reference, const Counts& current);
// What PSI is on average when nothing has changed: (K - 1)(1/n + 1/m), K the occupied bins.
double psi_null_mean(const Counts& reference, const Counts& current);

struct ChiSquared {
  double statistic, p;
  double cramers_v;  // sqrt(statistic / (n + m)): 0 alike, 1 apart
  int degrees;
  double least_expected;
};
// Of the table of two rows, Yates' correction at one degree of freedom: scipy.stats.chi2_contingency. Empty columns are
// left out; with one column or an empty row NaN.
ChiSquared chi_squared(const Counts& reference, const Counts& current);

// How likely values at least as large are when rows are dealt to the two sides at random.
struct ShareTails {
  double psi, jensen_shannon;
  std::string method;  // "asymptotic" or "permutation"
};
enum class Bins : std::uint8_t {
  fixed,      // known before any data, as categories are
  quantiles,  // of the reference; the last one counts the missing
};
struct Permutations {
  int count = 999;
  bool always = false;  // not only where the least expected count is below 50
  std::uint64_t seed = 0;
};
// PSI and 8 ln 2 JS are chi-squared times (1/n + 1/m) in large samples; in small ones rows are permuted between the
// sides, and bins cut anew where they are quantiles. What that gives is drawn bin by bin, from hypergeometric
// distributions and Polya urns, so that it costs nothing to speak of in rows.
ShareTails share_tails(const Counts& reference, const Counts& current, Bins bins, const Permutations& permutations);

struct RateChange {
  double reference, current;
  double p;  // of the pooled two-proportion z test
};
RateChange rate_change(std::uint64_t reference, std::uint64_t reference_rows, std::uint64_t current,
                       std::uint64_t current_rows);

}  // namespace bakeoff

// What a ranking metric is: a value of one query, finished from the groups of tied documents around its relevant ones.
// The order inside a tie is unknown, so a value is the expected one over all its orders, by closed forms (McSherry,
// Najork: Computing information retrieval performance measures efficiently in the presence of tied scores; ECIR 2008).
// A group of size 1 gives the plain definition.
#pragma once
#include <limits>

#include "kernels/math.h"
#include "kernels/portable.h"

namespace bakeoff::kernels {

inline constexpr Index kNoCut = std::numeric_limits<std::int32_t>::max();

// Whether a metric takes the k of name@k.
enum class CutRule : std::uint8_t { none, optional, required };
// Which of a group's sums it reads.
enum class Gain : std::uint8_t { none, linear, exponential };
// What a query must have to count in the mean.
enum class QueryNeeds : std::uint8_t { relevant, both_classes, documents };

struct QueryMetricTraits {
  const char* name;
  CutRule cut = CutRule::optional;
  Gain gain = Gain::none;
  bool ideal = false;  // the value is a share of the best ranking's
  QueryNeeds needs = QueryNeeds::relevant;
};

// What a metric derives from, to be found by: a file in metrics/ and a line in metrics/catalog.h.
struct QueryMetric {};

// Documents of one score with a relevance above 0 among them, best first. Groups without one change no metric but by
// the ranks that they take, which `before` counts.
struct TieGroup {
  std::uint32_t before, size, relevant;
  double gain, exponential_gain;  // sums over the group, later places first
};

struct RankedQuery {
  const TieGroup* groups;
  Index count;                // of groups
  Index documents, relevant;  // judged, whether or not the candidate retrieved them
  const double* discounts;    // 1 / log2(r + 2) of rank r, counted from 0
  double ideal;

  // Ranks of a group that lie above the cut.
  BAKEOFF_HD Index ranks(const TieGroup& group, Index cut) const {
    const Index left = cut - static_cast<Index>(group.before);
    return left < 0 ? 0 : left < static_cast<Index>(group.size) ? left : static_cast<Index>(group.size);
  }
};

BAKEOFF_HD inline double linear_gain(double relevance) { return relevance > 0 ? relevance : 0; }

// 2^relevance - 1: exact for integers, whose power is put together from its bits. Relevance up to kMaxExponent.
inline constexpr double kMaxExponent = 1023;
BAKEOFF_HD inline double exponential_gain(double relevance) {
  if (!(relevance > 0)) return 0;
  const auto whole = static_cast<std::uint64_t>(relevance);
  if (static_cast<double>(whole) == relevance) return math::detail::double_of((whole + 1023) << 52) - 1;
  return math::exp(relevance * (math::detail::kLn2High + math::detail::kLn2Low)) - 1;
}

// Of rank r, counted from 0; tables of it go into RankedQuery.
inline double rank_discount(Index r) {
  constexpr double kLn2 = math::detail::kLn2High + math::detail::kLn2Low;
  return kLn2 / math::log(static_cast<double>(r + 2));
}

// Expected number of relevant documents above the cut: sum over groups of relevant * ranks / size.
BAKEOFF_HD inline double expected_hits(const RankedQuery& query, Index cut) {
  double hits = 0;
  for (Index g = 0; g < query.count; ++g) {
    const TieGroup& group = query.groups[g];
    const Index ranks = query.ranks(group, cut);
    if (ranks == 0) break;
    hits += static_cast<double>(group.relevant) * static_cast<double>(ranks) / static_cast<double>(group.size);
  }
  return hits;
}

// Expected discounted gain above the cut: every rank of a group holds the group's mean gain.
template <Gain kGain>
BAKEOFF_HD inline double expected_gain(const RankedQuery& query, Index cut) {
  double sum = 0;
  for (Index g = 0; g < query.count; ++g) {
    const TieGroup& group = query.groups[g];
    const Index ranks = query.ranks(group, cut);
    if (ranks == 0) break;
    const double gain = kGain == Gain::linear ? group.gain : group.exponential_gain;
    if (group.size == 1) {
      sum += gain * query.discounts[group.before];
      continue;
    }
    double discount = 0;
    for (Index r = 0; r < ranks; ++r) discount += query.discounts[static_cast<Index>(group.before) + r];
    sum += gain / static_cast<double>(group.size) * discount;
  }
  return sum;
}

// A share of the ideal. Rounding inside a tie must not lift it above 1.
BAKEOFF_HD inline double share_of_ideal(double gain, double ideal) { return gain < ideal ? gain / ideal : 1; }

}  // namespace bakeoff::kernels

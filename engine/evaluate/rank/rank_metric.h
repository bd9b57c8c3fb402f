// Names of ranking metrics: ndcg@10 is ndcg with the cut 10.
#pragma once
#include <string>
#include <vector>

#include "kernels/queries/query_rows.h"

namespace bakeoff {

struct RankMetric {
  // ranks: of kernels/queries/metrics; the others are those of list_metrics.h. coverage has no values of queries.
  enum class Kind : std::uint8_t { ranks, diversity, coverage };

  std::string name;
  Kind kind = Kind::ranks;
  kernels::QueryMetricCall call;  // of the others, its cut alone

  kernels::QueryNeeds needs() const;
  bool exponential() const;
};

// SpecError that names the nearest metric for an unknown one, for a k that is missing, no number or not wanted, and for
// a name that comes twice.
std::vector<RankMetric> parse_rank_metrics(const std::vector<std::string>& names);
std::vector<std::string> known_rank_metrics();  // with @10 where a k may be given

}  // namespace bakeoff

// Names of ranking metrics: ndcg@10 is ndcg with the cut 10.
#pragma once
#include <string>
#include <vector>

#include "kernels/queries/query_rows.h"

namespace bakeoff {

// SpecError that names the nearest metric for an unknown one, and for a k that is missing, no number or not wanted.
kernels::QueryMetricCall parse_rank_metric(const std::string& name);
std::vector<std::string> known_rank_metrics();  // with @10 where a k may be given

}  // namespace bakeoff

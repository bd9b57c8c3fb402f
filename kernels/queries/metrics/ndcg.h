// dcg@k over the dcg@k of the best ranking of all judged documents, also of those that were not retrieved (trec_eval's
// ndcg_cut_k, scikit-learn's ndcg_score). The best ranking has no ties to average over.
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct Ndcg final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "ndcg", .gain = Gain::linear, .ideal = true};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    return share_of_ideal(expected_gain<Gain::linear>(query, cut), query.ideal);
  }
};

}  // namespace bakeoff::kernels

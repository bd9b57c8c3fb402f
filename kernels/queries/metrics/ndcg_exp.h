// dcg_exp@k over that of the best ranking of all judged documents (LightGBM's and XGBoost's ndcg).
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct NdcgExp final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "ndcg_exp", .gain = Gain::exponential, .ideal = true};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    return share_of_ideal(expected_gain<Gain::exponential>(query, cut), query.ideal);
  }
};

}  // namespace bakeoff::kernels

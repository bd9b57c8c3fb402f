// dcg with gain = 2^relevance - 1 (Burges et al. 2005): what learning-to-rank libraries mean by DCG.
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct DcgExp final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "dcg_exp", .gain = Gain::exponential};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    return expected_gain<Gain::exponential>(query, cut);
  }
};

}  // namespace bakeoff::kernels

// Relevant documents above the cut / all relevant ones (trec_eval's recall_k).
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct RecallAt final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "recall", .cut = CutRule::required};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    return expected_hits(query, cut) / static_cast<double>(query.relevant);
  }
};

}  // namespace bakeoff::kernels

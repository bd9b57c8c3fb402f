// Relevant documents above the cut / k, also where fewer than k were retrieved (trec_eval's P_k).
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct PrecisionAt final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "precision", .cut = CutRule::required};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    return expected_hits(query, cut) / static_cast<double>(cut);
  }
};

}  // namespace bakeoff::kernels

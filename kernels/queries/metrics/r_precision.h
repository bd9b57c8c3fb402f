// precision at k = the number of relevant documents, where precision and recall are the same (trec_eval's Rprec).
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct RPrecision final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "r_precision", .cut = CutRule::none};
  static BAKEOFF_HD double value(const RankedQuery& query, Index) {
    return expected_hits(query, query.relevant) / static_cast<double>(query.relevant);
  }
};

}  // namespace bakeoff::kernels

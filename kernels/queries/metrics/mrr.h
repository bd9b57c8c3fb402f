// 1 / rank of the first relevant document, 0 if none stands above the cut (trec_eval's recip_rank has no cut). Expected
// over the first group with relevant documents, p of n after a ranks: sum over i = 0, 1, ... of 1 / (a + 1 + i) times
// p / (n - i) times the chance that none of the i before it is relevant, the product of (n - p - j) / (n - j), j < i.
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct Mrr final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "mrr"};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    for (Index g = 0; g < query.count; ++g) {
      const TieGroup& group = query.groups[g];
      const Index ranks = query.ranks(group, cut), n = group.size, p = group.relevant, a = group.before;
      if (ranks == 0) return 0;
      if (p == 0) continue;
      double sum = 0, none = 1;
      for (Index i = 0; i < ranks && none > 0; ++i) {
        const auto left = static_cast<double>(n - i);
        sum += none * (static_cast<double>(p) / left) / static_cast<double>(a + 1 + i);
        none *= static_cast<double>(n - p - i) / left;
      }
      return sum;
    }
    return 0;
  }
};

}  // namespace bakeoff::kernels

// 1 if a relevant document stands above the cut, else 0 (trec_eval's success_k). Expected over a group of n with p
// relevant of which m ranks lie above the cut: 1 - C(n - p, m) / C(n, m) = 1 - C(n - m, p) / C(n, p), whichever product
// is shorter.
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct Hit final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "hit", .cut = CutRule::required};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    for (Index g = 0; g < query.count; ++g) {
      const TieGroup& group = query.groups[g];
      const Index m = query.ranks(group, cut), n = group.size, p = group.relevant;
      if (m == 0) return 0;
      if (p == 0) continue;
      if (m > n - p) return 1;
      double none = 1;
      for (Index i = 0; i < (m < p ? m : p); ++i)
        none *= static_cast<double>(n - (m < p ? p : m) - i) / static_cast<double>(n - i);
      return 1 - none;  // only the last group can lie on both sides of the cut
    }
    return 0;
  }
};

}  // namespace bakeoff::kernels

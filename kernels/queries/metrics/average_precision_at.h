// sum over relevant documents above the cut of the precision at their rank / all relevant ones (trec_eval's map and
// map_cut_k; the mean over queries is MAP). Expected over a group of n, p of them relevant, after a ranks with P
// relevant ones: rank a + 1 + i holds a relevant one with chance p / n, and then P + 1 + i (p - 1) / (n - 1) stand up
// to there.
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct AveragePrecisionAt final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "map"};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    double sum = 0;
    Index above = 0;  // P
    for (Index g = 0; g < query.count; ++g) {
      const TieGroup& group = query.groups[g];
      const Index ranks = query.ranks(group, cut), p = group.relevant, first = static_cast<Index>(group.before) + 1;
      if (ranks == 0) break;
      if (p == 0) continue;
      if (group.size == 1) {
        sum += static_cast<double>(above + 1) / static_cast<double>(first);
      } else {
        const double others = static_cast<double>(p - 1) / static_cast<double>(group.size - 1);
        double precisions = 0;
        for (Index i = 0; i < ranks; ++i)
          precisions +=
              (static_cast<double>(above + 1) + static_cast<double>(i) * others) / static_cast<double>(first + i);
        sum += precisions * (static_cast<double>(p) / static_cast<double>(group.size));
      }
      above += p;
    }
    return sum / static_cast<double>(query.relevant);
  }
};

}  // namespace bakeoff::kernels

// AUC inside the query, relevant against not relevant documents, half credit for ties; the mean over queries by their
// weights is GAUC (Zhu et al. 2017). A document that was not retrieved stands below all that were; a relevant one loses
// all its pairs. A query with one class only has no pairs and is excluded. Whole numbers up to the one division.
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct GroupedAuc final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{
      .name = "grouped_auc", .cut = CutRule::none, .needs = QueryNeeds::both_classes};
  static BAKEOFF_HD double value(const RankedQuery& query, Index) {
    const Index negatives = query.documents - query.relevant;
    Index above = 0, twice = 0;
    for (Index g = 0; g < query.count; ++g) {
      const TieGroup& group = query.groups[g];
      const Index p = group.relevant, tied = static_cast<Index>(group.size) - p;
      const Index below = negatives - (static_cast<Index>(group.before) - above) - tied;
      twice += p * (2 * below + tied);
      above += p;
    }
    return static_cast<double>(twice) / (2 * static_cast<double>(query.relevant) * static_cast<double>(negatives));
  }
};

}  // namespace bakeoff::kernels

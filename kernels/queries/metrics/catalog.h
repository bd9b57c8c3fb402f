// All ranking metrics there are. A new one is a file beside this one and a line here;
// tests/kernels/queries/catalog_test.cpp walks this list. Types instead of a table of functions, because the device
// calls them, too.
#pragma once
#include <string_view>

#include "kernels/queries/metrics/average_precision_at.h"
#include "kernels/queries/metrics/dcg.h"
#include "kernels/queries/metrics/dcg_exp.h"
#include "kernels/queries/metrics/grouped_auc.h"
#include "kernels/queries/metrics/hit.h"
#include "kernels/queries/metrics/mrr.h"
#include "kernels/queries/metrics/ndcg.h"
#include "kernels/queries/metrics/ndcg_exp.h"
#include "kernels/queries/metrics/precision_at.h"
#include "kernels/queries/metrics/r_precision.h"
#include "kernels/queries/metrics/recall_at.h"

namespace bakeoff::kernels {

template <class... M>
struct QueryMetricList {
  static constexpr int kCount = sizeof...(M);
  static constexpr QueryMetricTraits kTraits[] = {M::kTraits...};

  static BAKEOFF_HD QueryNeeds needs(int metric) {
    QueryNeeds out = QueryNeeds::relevant;
    int i = 0;
    ((i++ == metric ? void(out = M::kTraits.needs) : void()), ...);
    return out;
  }
  static BAKEOFF_HD double value(int metric, const RankedQuery& query, Index cut) {
    double out = 0;
    int i = 0;
    ((i++ == metric ? void(out = M::value(query, cut)) : void()), ...);
    return out;
  }
};

// clang-format off
using QueryMetrics = QueryMetricList<
    Ndcg,
    NdcgExp,
    Dcg,
    DcgExp,
    AveragePrecisionAt,
    Mrr,
    PrecisionAt,
    RecallAt,
    Hit,
    RPrecision,
    GroupedAuc>;
// clang-format on

/// The place of the metric of that name (without @k) in QueryMetrics; -1 if there is none.
constexpr int find_query_metric(std::string_view name) {
  for (int i = 0; i < QueryMetrics::kCount; ++i)
    if (name == QueryMetrics::kTraits[i].name) return i;
  return -1;
}

}  // namespace bakeoff::kernels

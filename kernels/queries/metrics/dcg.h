// sum over ranks r = 1, 2, ... k of gain(r) / log2(r + 1) with gain = relevance (Jarvelin, Kekalainen 2002; the gain of
// trec_eval and of scikit-learn). Expected over ties: every rank of a group holds its mean gain.
#pragma once
#include "kernels/queries/query_metric.h"

namespace bakeoff::kernels {

struct Dcg final : QueryMetric {
  static constexpr QueryMetricTraits kTraits{.name = "dcg", .gain = Gain::linear};
  static BAKEOFF_HD double value(const RankedQuery& query, Index cut) {
    return expected_gain<Gain::linear>(query, cut);
  }
};

}  // namespace bakeoff::kernels

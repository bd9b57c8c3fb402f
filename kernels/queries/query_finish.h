// From the ranks of a query's graded documents to its values: the part that both devices share.
#pragma once
#include "kernels/queries/metrics/catalog.h"
#include "kernels/queries/query_values.h"

namespace bakeoff::kernels::detail {

// With that many graded documents or fewer, counting beats selection. Cut 10, ns a document, one thread of a Zen 4 with
// neighbours: 10 of 100 graded 7.0 against 11.7, 100 of 1,000 16 against 5.7.
inline constexpr Index kFewGraded = 32;

struct QueryPlan {
  bool exponential = false;  // a metric reads the exponential gain
  Index cut = 0;             // the largest
};

inline QueryPlan plan_of(const QueryPass& pass) {
  QueryPlan plan;
  for (int i = 0; i < pass.count; ++i) {
    const QueryMetricTraits& traits = QueryMetrics::kTraits[pass.calls[i].metric];
    plan.exponential |= traits.gain == Gain::exponential;
    const Index cut = traits.cut == CutRule::none ? kNoCut : pass.calls[i].cut;
    plan.cut = cut > plan.cut ? cut : plan.cut;
  }
  return plan;
}

BAKEOFF_HD inline bool by_counting(const QueryPlan& plan, Index graded) {
  return plan.cut > kMaxSelected || graded <= kFewGraded;
}

BAKEOFF_HD inline void add_document(const JudgedQueries& queries, double relevance, bool exponential, TieGroup& group) {
  if (!(relevance > 0)) return;
  group.relevant += queries.is_relevant(relevance);
  group.gain += linear_gain(relevance);
  if (exponential) group.exponential_gain += exponential_gain(relevance);
}

// From documents in the gaps between keys to documents before each: gaps[i] have keys between key i and the one before.
BAKEOFF_HD inline void add_gaps(std::uint32_t* gaps, const std::uint32_t* equal, Index count) {
  for (Index i = 1; i < count; ++i) gaps[i] += gaps[i - 1] + equal[i - 1];
}

// Groups from sorted graded documents. A run of equal keys begins at i: above[i] documents have larger keys, equal[i]
// have its key. Returns how many groups there are.
template <class Key>
BAKEOFF_HD inline Index counted_groups(const JudgedQueries& queries, Index q, bool exponential,
                                       const RankedDocument<Key>* sorted, Index count, const std::uint32_t* above,
                                       const std::uint32_t* equal, TieGroup* groups) {
  const double* const relevance = queries.relevance + queries.offsets[q];
  Index made = 0;
  for (Index i = 0; i < count;) {
    const Key key = sorted[i].key;
    TieGroup group{above[i], equal[i], 0, 0, 0};
    for (; i < count && sorted[i].key == key; ++i)
      add_document(queries, relevance[sorted[i].document], exponential, group);
    groups[made++] = group;
  }
  return made;
}

// Groups from the best documents, sorted: all of a key together, so without the tie around the cut. Groups without a
// graded document are left out.
template <class Key>
BAKEOFF_HD inline Index selected_groups(const JudgedQueries& queries, Index q, bool exponential,
                                        const RankedDocument<Key>* sorted, Index count, TieGroup* groups) {
  const double* const relevance = queries.relevance + queries.offsets[q];
  Index made = 0;
  for (Index i = 0; i < count;) {
    const Key key = sorted[i].key;
    TieGroup group{static_cast<std::uint32_t>(i), 0, 0, 0, 0};
    for (; i < count && sorted[i].key == key; ++i, ++group.size)
      add_document(queries, relevance[sorted[i].document], exponential, group);
    if (group.gain > 0) groups[made++] = group;
  }
  return made;
}

BAKEOFF_HD inline bool has_needs(const JudgedQueries& queries, Index q, QueryNeeds needs) {
  const Index relevant = queries.relevant[q];
  if (needs == QueryNeeds::documents) return queries.documents(q) > 0;
  return relevant > 0 && (needs != QueryNeeds::both_classes || relevant < queries.documents(q));
}

// The value of one call.
BAKEOFF_HD inline double query_value(const JudgedQueries& queries, Index q, const TieGroup* groups, Index count,
                                     const QueryPass& pass, int call) {
  const QueryMetricCall& wanted = pass.calls[call];
  const double ideal = pass.ideal ? pass.ideal[call * queries.queries + q] : 0;
  const RankedQuery ranked{groups, count, queries.documents(q), queries.relevant[q], pass.discounts, ideal};
  return QueryMetrics::value(wanted.metric, ranked, wanted.cut);
}

}  // namespace bakeoff::kernels::detail

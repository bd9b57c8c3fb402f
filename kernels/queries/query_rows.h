// The input of the ranking kernels: documents in the order of their queries (CSR), judged once, scored by M candidates.
#pragma once
#include "kernels/queries/query_metric.h"
#include "kernels/ranking/score_key.h"
#include "kernels/views.h"

namespace bakeoff::kernels {

inline constexpr Index kMaxQueryDocuments = Index{1} << 31;

// What is known of the queries before anybody ranks: the same for all candidates. A place is a document of a query;
// those of query q are offsets[q] ... offsets[q + 1] - 1.
struct JudgedQueries {
  Index queries = 0;
  const Index* offsets = nullptr;         // queries + 1
  const double* relevance = nullptr;      // by place, finite
  double level = 0;                       // relevant: above 0 and at least this
  const Index* graded_offsets = nullptr;  // queries + 1
  const std::uint32_t* graded = nullptr;  // the documents with relevance above 0, counted from their query's first
  const Index* relevant = nullptr;        // of each query, how many are relevant
  Index all_graded = 0;                   // of all queries

  BAKEOFF_HD Index documents(Index q) const { return offsets[q + 1] - offsets[q]; }
  BAKEOFF_HD Index graded_count(Index q) const { return graded_offsets[q + 1] - graded_offsets[q]; }
  BAKEOFF_HD bool is_relevant(double grade) const { return (grade > 0) & (grade >= level); }  // no branch
};

template <class T>
struct QueryScores {
  TensorView<const T, 2> scores;  // M x N, any strides
  const Index* row = nullptr;     // by place: its column of `scores`; nullptr: places are columns
  // Equal scores are ordered, later places first, instead of averaged over; scores are compared as float32, which is
  // what trec_eval keeps of them. With places in ascending order of their docno: trec_eval's order.
  bool break_ties = false;
  // Scores that are not finite: the candidate did not retrieve the document. Otherwise all are finite.
  bool drop = false;

  BAKEOFF_HD T operator()(Index candidate, Index place) const {
    const Index column = row ? row[place] : place;
    return scores.data[candidate * scores.strides[0] + column * scores.strides[1]];
  }
};

// One metric to compute: its place in QueryMetrics and its cut (kNoCut without one).
struct QueryMetricCall {
  int metric = 0;
  Index cut = kNoCut;
};

inline constexpr int kMaxQueryMetrics = 64;  // calls of one pass

// What a document is compared by: a larger key is a better rank, equal keys are tied.
template <class T, bool kBreakTies>
struct RankKey;
template <>
struct RankKey<float, false> {
  using Key = std::uint32_t;
  static BAKEOFF_HD Key of(float score, std::uint32_t) { return score_key(score); }
};
template <>
struct RankKey<double, false> {
  using Key = std::uint64_t;
  static BAKEOFF_HD Key of(double score, std::uint32_t) { return score_key(score); }
};
template <class T>
struct RankKey<T, true> {
  using Key = std::uint64_t;
  static BAKEOFF_HD Key of(T score, std::uint32_t document) {
    return static_cast<std::uint64_t>(score_key(static_cast<float>(score))) << 32 | document;
  }
};

// A document and its key. Inside a tie the order changes nothing but the order in which gains are added up.
template <class Key>
struct RankedDocument {
  Key key;
  std::uint32_t document;
  friend BAKEOFF_HD bool operator<(const RankedDocument& a, const RankedDocument& b) {  // better comes first
    return a.key != b.key ? a.key > b.key : a.document > b.document;
  }
};

template <class T>
BAKEOFF_HD inline bool retrieved(T score) {
  return score - score == 0;  // neither NaN nor an infinity
}

}  // namespace bakeoff::kernels

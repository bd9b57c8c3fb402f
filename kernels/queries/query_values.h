// Ranking metrics of every query, for many candidates at once, without sorting more than the metrics need.
//
// A metric reads the ranks of documents with a relevance above 0 and nothing else. Two ways lead to them, and give the
// same integers and the same sums, hence the same bits:
//   by counting    the graded documents of a query are sorted; each other document adds 1 to the gap between two of
//                  them that it falls into. n log(graded) steps whatever the cut is.
//   by selection   where all metrics have a cut: the k best of the query in a buffer of 2k, then the size of the tie
//                  around rank k. n + k log(k) steps, for queries with many graded documents.
#pragma once
#include "kernels/execute_tbb.h"
#include "kernels/launch.h"
#include "kernels/queries/query_rows.h"

namespace bakeoff::kernels {

// The largest cut that selection works for.
inline constexpr Index kMaxSelected = 1024;

struct QueryPass {
  QueryMetricCall calls[kMaxQueryMetrics] = {};  // by value: a launcher plans by them
  int count = 0;
  const double* ideal = nullptr;      // count x queries (query_ideals); read for metrics with traits.ideal
  const double* discounts = nullptr;  // rank_discount(0) ... of as many ranks as the longest query has documents
  Index most_graded = 0;              // of any query
};

/// Bytes of scratch for both functions below, aligned to 64.
std::size_t query_values_scratch_bytes(const Workers& workers, const QueryPass& pass);

/// Fills ideal[call * queries + q]: the value of the best ranking of the query's judged documents; 0 for a call without
/// traits.ideal. Reads no pass.ideal.
void query_ideals(const Workers& workers, const JudgedQueries& queries, const QueryPass& pass, double* ideal,
                  void* scratch);

/// Fills values[(m * calls + call) * queries + q]; NaN where the query lacks what the metric needs (traits.needs). A
/// query of which a candidate retrieved nothing has the value 0. The same bits on any device, with any threads. T is
/// float or double.
template <class T>
void query_values(const Workers& workers, const JudgedQueries& queries, const QueryScores<T>& scores,
                  const QueryPass& pass, double* values, void* scratch);

/// The same on the GPU, where all pointers are: ideals are made on the host and copied there.
std::size_t query_values_scratch_bytes(Stream stream, const JudgedQueries& queries);
template <class T>
void query_values(Stream stream, const JudgedQueries& queries, const QueryScores<T>& scores, const QueryPass& pass,
                  double* values, void* scratch);

}  // namespace bakeoff::kernels

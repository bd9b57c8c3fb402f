// Metrics of the lists that a candidate shows, its k best documents of each query, whatever their relevance.
#pragma once
#include <vector>

#include "evaluate/rank/judgements.h"

namespace bakeoff {

// The lists of all candidates, at one cut.
struct ListJob {
  const Execution& execution;
  const RankInput& input;
  const RankOptions& options;
  const Judgements& judged;
  Index cut;
};

// coverage@k: the share of the catalog that stands in some query's list. Expected over ties: a document is in none with
// the product over queries of 1 - (its chance to be in that one's list). One number a candidate: it is no mean over
// queries, and the bootstrap, whose resamples leave out a third of them, has no interval for it.
std::vector<double> coverage(const ListJob& job);

// diversity@k of each query: 1 - the mean cosine of the vectors of two documents in its list (intra-list diversity;
// Smyth, McClave 2001), over all pairs, expected over ties; a vector of zeros is like none. 0 for a list of fewer than
// two; NaN for a query without documents. Writes out[m * step + q].
void diversity(const ListJob& job, double* out, Index step);

}  // namespace bakeoff

// What the kernels ask to know of documents before anybody ranks them. Owns it.
#pragma once
#include <vector>

#include "evaluate/rank/rank_evaluate.h"
#include "kernels/queries/query_values.h"

namespace bakeoff {

class Judgements {
 public:
  // DataError for a relevance that is not finite, or too large for the exponential gain; in trec's order also for a
  // document that stands twice in a query, SpecError without documents.
  Judgements(const Execution& execution, const RankInput& input, const RankOptions& options, bool exponential);

  const kernels::JudgedQueries& queries() const { return judged_; }
  const Index* row() const { return row_.empty() ? nullptr : row_.data(); }
  Index longest() const { return longest_; }          // documents of a query
  Index most_graded() const { return most_graded_; }  // of a query
  std::vector<QueryReason> reasons() const;

 private:
  void order_documents(const Execution& execution, const RankInput& input);
  void grade(const Execution& execution, double level);

  kernels::JudgedQueries judged_;
  std::vector<Index> row_, graded_offsets_, relevant_;
  std::vector<double> relevance_;
  std::vector<std::uint32_t> graded_;
  Index longest_ = 0, most_graded_ = 0;
};

}  // namespace bakeoff

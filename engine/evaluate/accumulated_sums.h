// The sums of one pass of point metrics over rows that come in pieces: O(columns x resamples), and two numbers a column
// for each 4,096 rows, which is what the one order of reduction (order.h) leaves to be added up at the end.
//
// Replicates round each term to 2^-36 of a power of two that is known only when all rows are (exact_sum.h). So they are
// summed under every power that it can still become: from that of the largest term so far up to that of the largest
// one possible, and where nothing bounds the terms up to the one under which all rows so far are rounded to 0. Log loss
// of float64 scores has 7 such levels at most (36 = -log of the eps), and after some thousand rows about 4; squared
// errors of probabilities 1 or 2; counts 1.
#pragma once
#include <map>
#include <vector>

#include "evaluate/metric_plan.h"
#include "kernels/metrics/scored_rows.h"
#include "kernels/resample/exact_sum.h"
#include "kernels/resample/resample_units.h"

namespace bakeoff {

// No largest term is known beforehand.
inline constexpr int kUnbounded = 1 << 20;

// The exponent (exact_sum.h) of the largest |term| there can be of rows that weigh 1; else kUnbounded.
// `probabilities`: labels are 0 or 1 and scores between them.
int term_bound(kernels::Term term, bool probabilities, double eps);

// The replicate sums of a column.
struct ColumnTotals {
  double largest = 0;  // |weight * term| so far
  int bound = kUnbounded;
  std::vector<kernels::ExactSum> totals;  // levels() x B; empty while `largest` is 0, and so is every sum

  int first() const { return kernels::term_exponent(largest); }
  // The exponent of the last level.
  int last() const;
  int levels() const { return largest > 0 ? last() - first() + 1 : 0; }
  // To a largest term of at least `size`.
  void raise(double size, std::int64_t resamples);
  void add(const ColumnTotals& other, std::int64_t resamples);
  template <class Archive>
  void fields(Archive& archive) {
    archive(largest), archive(bound), archive(totals);
  }
};

class AccumulatedSums {
 public:
  AccumulatedSums() = default;
  AccumulatedSums(const MetricPass& pass, std::int64_t candidates, std::int64_t resamples, std::vector<int> bounds);

  // Whole chunks from row `first_row` on, a multiple of 4,096; what comes last may have a chunk that is not whole.
  template <class T>
  void add(const Execution& execution, const kernels::ScoredRows<T>& rows, std::int64_t first_row,
           const kernels::ResampleUnits& units, kernels::RngKey key, const kernels::MetricContext& context);
  void merge(const AccumulatedSums& other);

  // Of all rows, once chunks 0, 1, ... are there: what finishes candidate m, and its replicate b.
  std::vector<kernels::TermSums> sums(const Execution& execution, std::int64_t rows) const;
  kernels::TermSums replicate(std::int64_t b, std::int64_t m, std::int64_t rows) const;
  // Levels of the column that has most: every row costs as many products.
  std::int64_t levels() const;
  std::int64_t bytes() const;

  template <class Archive>
  void fields(Archive& archive) {
    archive(terms_), archive(candidates_), archive(resamples_), archive(chunks_), archive(columns_);
  }

 private:
  std::int64_t columns() const { return candidates_ * terms_.count(); }
  template <class T>
  void resample(const Execution& execution, const kernels::ScoredRows<T>& rows, const kernels::ResampleUnits& units,
                kernels::RngKey key, const kernels::MetricContext& context);

  kernels::TermSet terms_;
  std::int64_t candidates_ = 0, resamples_ = 0;
  std::map<std::int64_t, std::vector<double>> chunks_;  // by number: the columns' sums, then their largest
  std::vector<ColumnTotals> columns_;                   // with resamples
};

}  // namespace bakeoff

// ece, ece_mass, mce: sums of the errors in each bin. Rows are put in the order of their bins, so that the kernels of
// the point metrics and of their bootstrap see one bin after another.
#include <algorithm>
#include <cmath>

#include "core/buffer.h"
#include "evaluate/calibration.h"
#include "evaluate/row_set_state.h"
#include "kernels/metrics/pointwise.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff {
namespace {

using kernels::MetricValue;
using kernels::Term;
using kernels::Workers;

constexpr kernels::TermSet kTerms(Term::weight, Term::error);

// The rows of one candidate by bin; in a bin in their own order.
template <class T>
struct BinnedRows {
  std::vector<Index> begin;  // of each bin, and the end
  std::vector<T> scores;
  std::vector<double> labels, weights;
  std::vector<std::int64_t> units;

  BinnedRows(const RowSet<T>& set, Index candidate, const std::vector<std::int32_t>& bin, int bins)
      : begin(static_cast<std::size_t>(bins) + 1, 0) {
    for (const std::int32_t k : bin) ++begin[static_cast<std::size_t>(k) + 1];
    for (int k = 0; k < bins; ++k) begin[k + 1] += begin[k];
    const auto n = static_cast<std::size_t>(set.n);
    scores.resize(n), labels.resize(n), units.resize(n);
    if (set.input.weights) weights.resize(n);
    std::vector<Index> next(begin.begin(), begin.end() - 1);
    const auto from = set.scores_of(candidate);
    for (Index i = 0; i < set.n; ++i) {
      const Index at = next[bin[i]]++;
      scores[at] = from(i);
      labels[at] = set.input.labels[i];
      units[at] = set.input.units ? set.input.units[i] : i;
      if (set.input.weights) weights[at] = set.input.weights[i];
    }
  }
  Index count(std::size_t k) const { return begin[k + 1] - begin[k]; }
  kernels::ScoredRows<T> rows(std::size_t k) const {
    const Index at = begin[k], n = count(k);
    return {kernels::matrix_view(scores.data() + at, 1, n), kernels::vector_view(labels.data() + at, n),
            weights.empty() ? kernels::TensorView<const double, 1>{} : kernels::vector_view(weights.data() + at, n)};
  }
};

// Weight and error of every bin, of the sample or of a resample, to one number.
struct Summary {
  double weight = 0, errors = 0, largest = 0;
  void add(double w, double error) {
    weight += w;
    errors += std::abs(error);
    if (w > 0) largest = std::max(largest, std::abs(error) / w);
  }
  double value(kernels::BinSummary how) const {
    if (!(weight > 0)) return kNaN;
    return how == kernels::BinSummary::mean ? errors / weight : largest;
  }
};

// Adds the bin's replicates.
template <class T>
void resample(const RowSet<T>& set, const BinnedRows<T>& rows, std::size_t k, const double* largest,
              std::vector<Summary>& summaries) {
  const std::int64_t* const ids = rows.units.data() + rows.begin[k];
  // Without units every row is one: the ids go in the rows' order
  const UnitIndex index = make_unit_index(set.input.units ? ids : nullptr, rows.count(k));
  const kernels::ResampleUnits units =
      set.input.units ? index.view() : kernels::ResampleUnits{rows.count(k), ids, 0, nullptr};
  const int exponents[] = {kernels::term_exponent(largest[0]), kernels::term_exponent(largest[1])};
  std::vector<kernels::ExactSum> totals(summaries.size() * 2);
  const Workers& workers = set.execution.workers();
  Buffer<char> scratch(
      static_cast<Index>(kernels::pointwise_bootstrap_scratch_bytes(workers, 1, rows.count(k), kTerms, units)));
  kernels::pointwise_bootstrap(workers, rows.rows(k), units, {set.key(), set.options.resamples}, kTerms, set.context(),
                               exponents, totals.data(), scratch.data());
  for (std::size_t b = 0; b < summaries.size(); ++b)
    summaries[b].add(kernels::value_of(totals[2 * b], exponents[0]),
                     kernels::value_of(totals[2 * b + 1], exponents[1]));
}

template <class T>
void calibrate(RowSet<T>& set, Index candidate, std::size_t place) {
  const kernels::Metric& metric = *set.use(place).metric;
  const int bins = static_cast<int>(set.use(place).parameter);
  const std::vector<double> edges = bin_edges(set.execution, set.scores_of(candidate), bins, metric.binning);
  const BinnedRows<T> rows(set, candidate, bins_of(set.execution, set.scores_of(candidate), edges), bins);
  Summary all;
  std::vector<Summary> summaries(static_cast<std::size_t>(set.options.resamples));
  for (std::size_t k = 0; k < static_cast<std::size_t>(bins); ++k) {
    if (rows.count(k) == 0) continue;
    double sums[2], largest[2];
    Buffer<char> scratch(static_cast<Index>(kernels::partials_bytes(2, rows.count(k))));
    kernels::pointwise_sums(set.execution.workers(), rows.rows(k), kTerms, set.context(), sums, largest,
                            scratch.data());
    all.add(sums[0], sums[1]);
    if (!summaries.empty()) resample(set, rows, k, largest, summaries);
  }
  set.value(candidate, place) = {all.value(metric.bin_summary), set.n == 0       ? Reason::empty
                                                                : all.weight > 0 ? Reason::ok
                                                                                 : Reason::no_weight};
  for (std::size_t b = 0; b < summaries.size(); ++b)
    set.replicate(static_cast<Index>(b), candidate, place) = summaries[b].value(metric.bin_summary);
}

}  // namespace

template <class T>
void calibration_metrics(RowSet<T>& set) {
  for (const std::size_t place : set.plan.calibrations)
    for (Index candidate = 0; candidate < set.m; ++candidate) {
      set.execution.check_stop();
      calibrate(set, candidate, place);
    }
}

template void calibration_metrics(RowSet<float>&);
template void calibration_metrics(RowSet<double>&);

}  // namespace bakeoff

#include "evaluate/accumulated_sums.h"

#include <algorithm>

#include "core/buffer.h"
#include "kernels/math.h"
#include "kernels/metrics/pointwise.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff {
namespace {

using kernels::ExactSum;
using kernels::Term;

// A term of at most 2^e times 2^(36 - e - 38) is at most 1/4, which is rounded to 0.
constexpr int kLevelsToZero = kernels::kTermBits + 2;

}  // namespace

int term_bound(Term term, bool probabilities, double eps) {
  switch (term) {
    case Term::weight:
    case Term::correct:
    case Term::true_positive:
    case Term::false_positive:
    case Term::true_negative:
    case Term::false_negative:
    case Term::positive:
    case Term::predicted:
      return kernels::term_exponent(1);
    case Term::log_loss:
      return kernels::term_exponent(-kernels::math::log(eps));
    case Term::squared_error:
    case Term::absolute_error:
    case Term::predicted_label:
    case Term::score:
    case Term::shortfall:
    case Term::excess:
      return probabilities ? kernels::term_exponent(1) : kUnbounded;
    default:
      return kUnbounded;
  }
}

int ColumnTotals::last() const {
  if (first() == kernels::kOverflown) return first();
  return bound == kUnbounded ? first() + kLevelsToZero : std::max(bound, first());
}

void ColumnTotals::raise(double size, std::int64_t resamples) {
  if (!(size > largest)) return;
  const ColumnTotals before = std::move(*this);
  largest = size;
  bound = before.bound;
  totals.assign(static_cast<std::size_t>(levels() * resamples), ExactSum{});
  for (int e = first(); before.largest > 0 && e <= std::min(last(), before.last()); ++e)
    std::copy_n(before.totals.begin() + (e - before.first()) * resamples, resamples,
                totals.begin() + (e - first()) * resamples);
}

void ColumnTotals::add(const ColumnTotals& other, std::int64_t resamples) {
  ColumnTotals more = other;
  more.raise(largest, resamples);
  raise(more.largest, resamples);
  for (std::size_t i = 0; i < totals.size(); ++i) {
    totals[i].low += more.totals[i].low;
    totals[i].high += more.totals[i].high;
  }
}

AccumulatedSums::AccumulatedSums(const MetricPass& pass, std::int64_t candidates, std::int64_t resamples,
                                 std::vector<int> bounds)
    : terms_(pass.terms), candidates_(candidates), resamples_(resamples) {
  if (resamples == 0) return;
  columns_.resize(static_cast<std::size_t>(columns()));
  for (std::size_t c = 0; c < columns_.size(); ++c) columns_[c].bound = bounds[c % bounds.size()];
}

std::int64_t AccumulatedSums::levels() const {
  int most = 0;
  for (const ColumnTotals& column : columns_) most = std::max(most, column.levels());
  return most;
}

std::int64_t AccumulatedSums::bytes() const {
  std::size_t sum = chunks_.size() * static_cast<std::size_t>(2 * columns()) * sizeof(double);
  for (const ColumnTotals& column : columns_) sum += column.totals.size() * sizeof(ExactSum);
  return static_cast<std::int64_t>(sum);
}

template <class T>
void AccumulatedSums::add(const Execution& execution, const kernels::ScoredRows<T>& rows, std::int64_t first_row,
                          const kernels::ResampleUnits& units, kernels::RngKey key,
                          const kernels::MetricContext& context) {
  const Index count = columns();
  const Buffer<char> scratch(static_cast<Index>(kernels::partials_bytes(count, rows.rows())));
  const kernels::ChunkPartials partials = kernels::partials_in(scratch.data(), count, rows.rows());
  kernels::pointwise_partials(execution.workers(), rows, terms_, context, 0, partials);
  std::vector<double> largest(static_cast<std::size_t>(count));
  for (Index chunk = 0; chunk < partials.chunks; ++chunk) {
    std::vector<double>& kept = chunks_[first_row / kernels::kChunkRows + chunk];
    kept.resize(static_cast<std::size_t>(2 * count));
    for (Index c = 0; c < count; ++c) {
      kept[c] = partials.sums[c * partials.chunks + chunk];
      kept[count + c] = partials.largest[c * partials.chunks + chunk];
      largest[c] = std::max(largest[c], kept[count + c]);
    }
  }
  if (resamples_ == 0) return;
  for (Index c = 0; c < count; ++c) columns_[c].raise(largest[c], resamples_);
  if (levels() > 0) resample(execution, rows, units, key, context);
}

// One call for all levels: each is a candidate of its own with the same scores, so that weights are drawn once.
template <class T>
void AccumulatedSums::resample(const Execution& execution, const kernels::ScoredRows<T>& rows,
                               const kernels::ResampleUnits& units, kernels::RngKey key,
                               const kernels::MetricContext& context) {
  const Index most = levels(), terms = terms_.count(), n = rows.rows(), wide = most * columns();
  Buffer<T> scores(candidates_ * most * n);
  std::vector<int> exponents(static_cast<std::size_t>(wide));
  for (Index copy = 0; copy < candidates_ * most; ++copy) {
    for (Index i = 0; i < n; ++i) scores[copy * n + i] = rows.scores(copy / most, i);
    for (Index t = 0; t < terms; ++t) {
      const ColumnTotals& column = columns_[copy / most * terms + t];
      exponents[copy * terms + t] = std::min(column.first() + static_cast<int>(copy % most), column.last());
    }
  }
  kernels::ScoredRows<T> copies = rows;
  copies.scores = kernels::matrix_view(static_cast<const T*>(scores.data()), candidates_ * most, n);
  std::vector<ExactSum> totals(static_cast<std::size_t>(resamples_ * wide));
  const Buffer<char> scratch(static_cast<Index>(
      kernels::pointwise_bootstrap_scratch_bytes(execution.workers(), candidates_ * most, n, terms_, units)));
  kernels::pointwise_bootstrap(execution.workers(), copies, units, {key, static_cast<int>(resamples_)}, terms_, context,
                               exponents.data(), totals.data(), scratch.data());
  execution.workers().for_each(columns(), [&](Index c) {
    ColumnTotals& column = columns_[c];
    for (Index level = 0; level < column.levels(); ++level)
      for (Index b = 0; b < resamples_; ++b) {
        const ExactSum& more = totals[b * wide + (c / terms * most + level) * terms + c % terms];
        ExactSum& total = column.totals[level * resamples_ + b];
        total.low += more.low;
        total.high += more.high;
      }
  });
}

void AccumulatedSums::merge(const AccumulatedSums& other) {
  chunks_.insert(other.chunks_.begin(), other.chunks_.end());
  for (std::size_t c = 0; c < columns_.size(); ++c) columns_[c].add(other.columns_[c], resamples_);
}

std::vector<kernels::TermSums> AccumulatedSums::sums(const Execution& execution, std::int64_t rows) const {
  const Index count = columns(), chunks = static_cast<Index>(chunks_.size());
  Buffer<double> partial(2 * count * chunks), total(2 * count);
  Index at = 0;
  for (const auto& [number, kept] : chunks_) {
    for (Index c = 0; c < 2 * count; ++c) partial[c * chunks + at] = kept[c];
    ++at;
  }
  kernels::pointwise_totals(execution.workers(), count, {partial.data(), partial.data() + count * chunks, chunks},
                            total.data(), total.data() + count);
  std::vector<kernels::TermSums> out;
  for (Index m = 0; m < candidates_; ++m)
    out.push_back(kernels::unpack(terms_, total.data() + m * terms_.count(), rows));
  return out;
}

kernels::TermSums AccumulatedSums::replicate(std::int64_t b, std::int64_t m, std::int64_t rows) const {
  const Index terms = terms_.count();
  std::vector<ExactSum> totals(static_cast<std::size_t>(terms));
  std::vector<int> exponents(totals.size());
  for (Index t = 0; t < terms; ++t) {
    const ColumnTotals& column = columns_[m * terms + t];
    if (!column.totals.empty()) totals[t] = column.totals[b];
    exponents[t] = column.first();
  }
  return kernels::replicate_sums(terms_, totals.data(), exponents.data(), rows);
}

template void AccumulatedSums::add(const Execution&, const kernels::ScoredRows<float>&, std::int64_t,
                                   const kernels::ResampleUnits&, kernels::RngKey, const kernels::MetricContext&);
template void AccumulatedSums::add(const Execution&, const kernels::ScoredRows<double>&, std::int64_t,
                                   const kernels::ResampleUnits&, kernels::RngKey, const kernels::MetricContext&);

}  // namespace bakeoff

#include "evaluate/row_set.h"

#include <algorithm>
#include <limits>

#include "core/buffer.h"
#include "kernels/metrics/pointwise.h"
#include "kernels/ranking/roc_auc.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/auc_bootstrap.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff {
namespace {

using kernels::AucState;
using kernels::MetricValue;
using kernels::RankingView;
using kernels::TensorView;
using kernels::TermSums;

// Rankings that are held at once: 5 bytes a row and candidate.
constexpr std::size_t kRankingBytes = std::size_t{64} << 20;

template <class T>
struct RowSet {
  const Execution& execution;
  const EvaluateInput& input;
  TensorView<const T, 2> scores;
  const MetricPlan& plan;
  const EvaluateOptions& options;
  UnitIndex units;
  Index n, m, k;
  RowSetResult result;

  kernels::RngKey key() const { return kernels::RngKey::from_seed(options.seed); }
  double& replicate(Index b, Index candidate, Index metric) {
    return result.replicates[(b * m + candidate) * k + metric];
  }

  // ---- point metrics ----
  kernels::ScoredRows<T> rows() const {
    return {scores, kernels::vector_view(input.labels, n),
            input.weights ? kernels::vector_view(input.weights, n) : TensorView<const double, 1>{}};
  }
  kernels::MetricContext context() const {
    kernels::MetricContext c;
    c.threshold = options.threshold;
    c.eps = std::numeric_limits<T>::epsilon();
    c.undefined = options.undefined;
    if (plan.terms.has(kernels::Term::label)) c.label_shift = kernels::label_centre(input.labels, input.weights, n);
    return c;
  }

  void point_metrics() {
    const kernels::MetricContext c = context();
    const Index terms = plan.terms.count(), columns = m * terms;
    Buffer<double> sums(columns), largest(columns);
    Buffer<char> scratch(static_cast<Index>(kernels::partials_bytes(columns, n)));
    kernels::pointwise_sums(execution.workers(), rows(), plan.terms, c, sums.data(), largest.data(), scratch.data());
    for (Index i = 0; i < m; ++i) {
      const TermSums state = kernels::unpack(plan.terms, sums.data() + i * terms, n);
      for (Index j = 0; j < k; ++j)
        if (plan.metrics[j]->kind == kernels::MetricKind::sums)
          result.values[i * k + j] = kernels::finish(*plan.metrics[j], state, c);
    }
    if (options.resamples > 0 && n > 0) resample_point_metrics(c, largest);
  }

  void resample_point_metrics(const kernels::MetricContext& c, const Buffer<double>& largest) {
    const Index terms = plan.terms.count(), columns = m * terms;
    std::vector<int> exponents(static_cast<std::size_t>(columns));
    for (Index i = 0; i < columns; ++i) exponents[i] = kernels::term_exponent(largest[i]);
    std::vector<kernels::ExactSum> totals(static_cast<std::size_t>(options.resamples * columns));
    std::vector<std::int32_t> of_row(units.of_row.begin(), units.of_row.end());
    kernels::ResampleUnits u = kernels::ResampleUnits::rows(n);
    if (!units.by_row()) u = {units.count(), units.ids.data(), 0, of_row.data()};
    Buffer<char> scratch(
        static_cast<Index>(kernels::pointwise_bootstrap_scratch_bytes(execution.workers(), m, n, plan.terms, u)));
    kernels::pointwise_bootstrap(execution.workers(), rows(), u, {key(), options.resamples}, plan.terms, c,
                                 exponents.data(), totals.data(), scratch.data());
    execution.workers().for_each(options.resamples, [&](Index b) {
      for (Index i = 0; i < m; ++i) {
        const TermSums state = kernels::replicate_sums(plan.terms, totals.data() + b * columns + i * terms,
                                                       exponents.data() + i * terms, n);
        for (Index j = 0; j < k; ++j)
          if (plan.metrics[j]->kind == kernels::MetricKind::sums)
            replicate(b, i, j) = kernels::finish(*plan.metrics[j], state, c).value;
      }
    });
  }

  // ---- roc_auc, the one ordered metric so far ----
  void set_auc(Index candidate, MetricValue value) {
    for (Index j = 0; j < k; ++j)
      if (plan.metrics[j]->kind == kernels::MetricKind::ordered) result.values[candidate * k + j] = value;
  }

  void ordered_metrics() {
    Buffer<std::uint8_t> labels(n);
    for (Index i = 0; i < n; ++i) labels[i] = input.labels[i] != 0;
    if (options.resamples == 0 && !input.weights) return exact_auc(labels);
    const Index batch = std::clamp<Index>(static_cast<Index>(kRankingBytes / (5 * std::max<Index>(n, 1))), 1, m);
    Buffer<std::uint32_t> row(batch * n);
    Buffer<std::uint8_t> flags(batch * n);
    Buffer<char> scratch(static_cast<Index>(std::max(kernels::sort_scores_scratch_bytes(execution.workers(), n),
                                                     kernels::roc_auc_scratch_bytes(execution.workers(), n))));
    for (Index first = 0; first < m; first += batch) {
      std::vector<RankingView> rankings;
      for (Index i = first; i < std::min(m, first + batch); ++i) {
        execution.check_stop();
        const Index at = (i - first) * n;
        kernels::sort_scores(execution.workers(), scores_of(i), labels.data(), {row.data() + at, flags.data() + at},
                             scratch.data());
        rankings.push_back({row.data() + at, flags.data() + at, n});
        set_auc(i, ranked(rankings.back(), scratch));
      }
      if (options.resamples > 0 && n > 0)
        input.weights ? resample_weighted(rankings, first) : resample(rankings, first);
    }
  }

  TensorView<const T, 1> scores_of(Index candidate) const {
    return {scores.data + candidate * scores.strides[0], {n}, {scores.strides[1]}, Device::cpu};
  }

  void exact_auc(const Buffer<std::uint8_t>& labels) {
    Buffer<char> scratch(static_cast<Index>(kernels::roc_auc_scratch_bytes(execution.workers(), n)));
    for (Index i = 0; i < m; ++i) {
      execution.check_stop();
      set_auc(i,
              kernels::finish(kernels::roc_auc<T>(execution.workers(), scores_of(i), labels.data(), scratch.data())));
    }
  }

  MetricValue ranked(const RankingView& ranking, const Buffer<char>& scratch) const {
    if (!input.weights)
      return kernels::finish(kernels::ranked_auc<std::uint32_t>(execution.workers(), ranking, nullptr, scratch.data()));
    const AucState<double> state = kernels::ranked_auc(execution.workers(), ranking, input.weights, scratch.data());
    MetricValue value = kernels::finish(state);
    if (n > 0 && state.positive + state.negative == 0) value.reason = Reason::no_weight;
    return value;
  }

  kernels::BootstrapUnits bootstrap_units() const {
    if (units.by_row()) return {nullptr, nullptr, 0, n};
    return {units.of_row.data(), units.ids.data(), 0, units.count()};
  }

  template <class W>
  void keep(const Buffer<AucState<W>>& states, Index count, Index first) {
    for (Index i = 0; i < count; ++i)
      for (Index b = 0; b < options.resamples; ++b) {
        const double value = kernels::finish(states[i * options.resamples + b]).value;
        for (Index j = 0; j < k; ++j)
          if (plan.metrics[j]->kind == kernels::MetricKind::ordered) replicate(b, first + i, j) = value;
      }
  }

  void resample(const std::vector<RankingView>& rankings, Index first) {
    const auto count = static_cast<Index>(rankings.size());
    const kernels::ResampleRange range{0, options.resamples};
    Buffer<AucState<std::uint64_t>> states(count * options.resamples);
    Buffer<char> scratch(static_cast<Index>(
        kernels::auc_bootstrap_scratch_bytes(execution.workers(), rankings.data(), count, bootstrap_units(), range)));
    kernels::auc_bootstrap(execution.workers(), rankings.data(), count, bootstrap_units(), key(), range,
                           kernels::matrix_view(states.data(), count, options.resamples), scratch.data());
    keep(states, count, first);
  }

  void resample_weighted(const std::vector<RankingView>& rankings, Index first) {
    const auto count = static_cast<Index>(rankings.size());
    Buffer<AucState<double>> states(count * options.resamples);
    Buffer<char> scratch(static_cast<Index>(kernels::weighted_auc_bootstrap_scratch_bytes(n)));
    kernels::weighted_auc_bootstrap(execution.workers(), rankings.data(), count, bootstrap_units(), input.weights,
                                    key(), {0, options.resamples},
                                    kernels::matrix_view(states.data(), count, options.resamples), scratch.data());
    keep(states, count, first);
  }
};

}  // namespace

RowSetResult evaluate_rows(const Execution& execution, const EvaluateInput& input, const MetricPlan& plan,
                           const EvaluateOptions& options) {
  return std::visit(
      [&]<class T>(const TensorView<const T, 2>& scores) {
        const auto k = static_cast<Index>(plan.metrics.size());
        RowSet<T> set{execution,          input, scores, plan, options, make_unit_index(input), input.rows(),
                      input.candidates(), k,     {}};
        set.result.rows = set.n;
        set.result.units = set.units.count();
        for (Index i = 0; i < set.n; ++i) set.result.positives += input.labels[i] != 0;
        set.result.values.resize(static_cast<std::size_t>(set.m * k));
        set.result.replicates.assign(static_cast<std::size_t>(options.resamples * set.m * k), kNaN);
        if (plan.any_sums) set.point_metrics();
        execution.check_stop();
        if (plan.any_ordered) set.ordered_metrics();
        return std::move(set.result);
      },
      input.scores);
}

}  // namespace bakeoff

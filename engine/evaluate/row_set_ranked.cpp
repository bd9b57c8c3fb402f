// Metrics of the ROC and the precision-recall curve: each candidate is sorted once for all of them.
#include <algorithm>

#include "core/buffer.h"
#include "evaluate/row_set_state.h"
#include "kernels/ranking/roc_auc.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/auc_bootstrap.h"
#include "kernels/resample/curve_bootstrap.h"

namespace bakeoff {
namespace {

using kernels::AucState;
using kernels::CurveQuery;
using kernels::CurveState;
using kernels::MetricValue;
using kernels::RankingView;
using kernels::Workers;

// Rankings that are held at once: 5 bytes a row and candidate.
constexpr std::size_t kRankingBytes = std::size_t{64} << 20;

template <class T>
struct Ranked {
  RowSet<T>& set;
  const Workers& workers = set.execution.workers();
  Buffer<std::uint8_t> labels{set.n};

  Ranked(RowSet<T>& of) : set(of) {
    for (Index i = 0; i < set.n; ++i) labels[i] = set.input.labels[i] != 0;
  }

  // Why there is nothing to see, whatever the metric.
  MetricValue unless_empty(MetricValue value, double weight) const {
    if (set.n == 0) return {kNaN, Reason::empty};
    if (weight == 0) return {kNaN, Reason::no_weight};
    return value;
  }
  MetricValue area(std::size_t place, MetricValue auc) const {
    const kernels::Metric& metric = *set.use(place).metric;
    return {metric.scale * auc.value + metric.offset, auc.reason};
  }
  MetricValue curve(std::size_t place, const CurveState& state) const {
    return unless_empty(kernels::finish(set.use(place).curve(), state, set.context()), state.positive + state.negative);
  }
  void set_areas(Index candidate, MetricValue auc) {
    for (const std::size_t place : set.plan.areas) set.value(candidate, place) = area(place, auc);
  }

  // Needs no ranking.
  void exact_areas() {
    Buffer<char> scratch(static_cast<Index>(kernels::roc_auc_scratch_bytes(workers, set.n)));
    for (Index i = 0; i < set.m; ++i) {
      set.execution.check_stop();
      set_areas(i, kernels::finish(kernels::roc_auc<T>(workers, set.scores_of(i), labels.data(), scratch.data())));
    }
  }

  // Queries [first, first + count) of the plan's curves.
  std::vector<CurveQuery> queries(std::size_t first) const {
    std::vector<CurveQuery> some;
    for (std::size_t i = first; i < set.plan.curves.size() && some.size() < kernels::kMaxCurves; ++i)
      some.push_back(set.use(set.plan.curves[i]).curve());
    return some;
  }

  void values(const RankingView& ranking, Index candidate, const Buffer<char>& scratch) {
    if (!set.plan.areas.empty()) {
      const double* const weights = set.input.weights;
      if (weights) {
        const AucState<double> state = kernels::ranked_auc(workers, ranking, weights, scratch.data());
        set_areas(candidate, unless_empty(kernels::finish(state), state.positive + state.negative));
      } else {
        set_areas(candidate,
                  kernels::finish(kernels::ranked_auc<std::uint32_t>(workers, ranking, nullptr, scratch.data())));
      }
    }
    for (std::size_t first = 0; first < set.plan.curves.size(); first += kernels::kMaxCurves) {
      const std::vector<CurveQuery> some = queries(first);
      CurveState states[kernels::kMaxCurves];
      kernels::curve_states(workers, ranking, set.input.weights, some.data(), static_cast<int>(some.size()), states,
                            scratch.data());
      for (std::size_t i = 0; i < some.size(); ++i) {
        const std::size_t place = set.plan.curves[first + i];
        set.value(candidate, place) = curve(place, states[i]);
      }
    }
  }

  // ---- replicates of rankings of the candidates from `first` on ----
  kernels::BootstrapUnits units() const {
    if (set.units.by_row()) return {nullptr, nullptr, 0, set.n};
    return {set.units.of_row.data(), set.units.ids.data(), 0, set.units.count()};
  }
  kernels::ResampleRange range() const { return {0, set.options.resamples}; }

  template <class W>
  void keep_areas(const Buffer<AucState<W>>& states, Index count, Index first) {
    for (Index i = 0; i < count; ++i)
      for (Index b = 0; b < set.options.resamples; ++b) {
        const MetricValue auc = kernels::finish(states[i * set.options.resamples + b]);
        for (const std::size_t place : set.plan.areas) set.replicate(b, first + i, place) = area(place, auc).value;
      }
  }

  void resample_areas(const std::vector<RankingView>& rankings, Index first) {
    const auto count = static_cast<Index>(rankings.size());
    if (set.input.weights) {
      Buffer<AucState<double>> states(count * set.options.resamples);
      Buffer<char> scratch(static_cast<Index>(kernels::weighted_auc_bootstrap_scratch_bytes(set.n)));
      kernels::weighted_auc_bootstrap(workers, rankings.data(), count, units(), set.input.weights, set.key(), range(),
                                      kernels::matrix_view(states.data(), count, set.options.resamples),
                                      scratch.data());
      return keep_areas(states, count, first);
    }
    Buffer<AucState<std::uint64_t>> states(count * set.options.resamples);
    Buffer<char> scratch(
        static_cast<Index>(kernels::auc_bootstrap_scratch_bytes(workers, rankings.data(), count, units(), range())));
    kernels::auc_bootstrap(workers, rankings.data(), count, units(), set.key(), range(),
                           kernels::matrix_view(states.data(), count, set.options.resamples), scratch.data());
    keep_areas(states, count, first);
  }

  void resample_curves(const std::vector<RankingView>& rankings, Index first) {
    const auto count = static_cast<Index>(rankings.size());
    const Index resamples = set.options.resamples;
    Buffer<char> scratch(
        static_cast<Index>(kernels::curve_bootstrap_scratch_bytes(workers, rankings.data(), count, units(), range())));
    for (std::size_t begin = 0; begin < set.plan.curves.size(); begin += kernels::kMaxCurves) {
      const std::vector<CurveQuery> some = queries(begin);
      const auto asked = static_cast<Index>(some.size());
      Buffer<CurveState> states(asked * count * resamples);
      kernels::curve_bootstrap(
          workers, rankings.data(), count, units(), set.input.weights, some.data(), static_cast<int>(asked), set.key(),
          range(), {states.data(), {asked, count, resamples}, {count * resamples, resamples, 1}}, scratch.data());
      for (Index q = 0; q < asked; ++q)
        for (Index i = 0; i < count; ++i)
          for (Index b = 0; b < resamples; ++b) {
            const std::size_t place = set.plan.curves[begin + static_cast<std::size_t>(q)];
            set.replicate(b, first + i, place) = curve(place, states[(q * count + i) * resamples + b]).value;
          }
    }
  }

  void run() {
    if (set.plan.curves.empty() && set.options.resamples == 0 && !set.input.weights) return exact_areas();
    const Index n = set.n, m = set.m;
    const Index batch =
        std::clamp<Index>(static_cast<Index>(kRankingBytes / (5 * std::max<Index>(n, 1))), 1, std::max<Index>(m, 1));
    Buffer<std::uint32_t> row(batch * n);
    Buffer<std::uint8_t> flags(batch * n);
    Buffer<char> scratch(
        static_cast<Index>(std::max({kernels::sort_scores_scratch_bytes(workers, n),
                                     kernels::roc_auc_scratch_bytes(workers, n), kernels::curve_scratch_bytes(n)})));
    for (Index first = 0; first < m; first += batch) {
      std::vector<RankingView> rankings;
      for (Index i = first; i < std::min(m, first + batch); ++i) {
        set.execution.check_stop();
        const Index at = (i - first) * n;
        kernels::sort_scores(workers, set.scores_of(i), labels.data(), {row.data() + at, flags.data() + at},
                             scratch.data());
        rankings.push_back({row.data() + at, flags.data() + at, n});
        values(rankings.back(), i, scratch);
      }
      if (set.options.resamples == 0 || n == 0) continue;
      if (!set.plan.areas.empty()) resample_areas(rankings, first);
      if (!set.plan.curves.empty()) resample_curves(rankings, first);
    }
  }
};

}  // namespace

template <class T>
void ranked_metrics(RowSet<T>& set) {
  if (set.plan.areas.empty() && set.plan.curves.empty()) return;
  Ranked<T>(set).run();
}

template void ranked_metrics(RowSet<float>&);
template void ranked_metrics(RowSet<double>&);

}  // namespace bakeoff

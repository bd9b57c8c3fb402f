// Metrics of the ROC and the precision-recall curve: each candidate is sorted once for all of them.
#include <algorithm>
#include <memory>

#include "core/buffer.h"
#include "evaluate/device_curves.h"
#include "evaluate/row_set_state.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/curve_bootstrap.h"

namespace bakeoff {
namespace {

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
  std::unique_ptr<DeviceCurves<T>> device{};  // null: on the CPU

  Ranked(RowSet<T>& of) : set(of) {
    for (Index i = 0; i < set.n; ++i) labels[i] = set.input.labels[i] != 0;
  }

  // Why there is nothing to see, whatever the metric.
  MetricValue unless_empty(MetricValue value, double weight) const {
    if (set.n == 0) return {kNaN, Reason::empty};
    if (weight == 0) return {kNaN, Reason::no_weight};
    return value;
  }
  MetricValue curve(std::size_t place, const CurveState& state) const {
    return unless_empty(kernels::finish(set.use(place).curve(), state, set.context()), state.positive + state.negative);
  }
  // Queries [first, first + count) of the plan's curves.
  std::vector<CurveQuery> queries(std::size_t first) const {
    std::vector<CurveQuery> some;
    for (std::size_t i = first; i < set.plan.curves.size() && some.size() < kernels::kMaxCurves; ++i)
      some.push_back(set.use(set.plan.curves[i]).curve());
    return some;
  }

  void values(const RankingView& ranking, Index candidate, const Buffer<char>& scratch) {
    for (std::size_t first = 0; first < set.plan.curves.size(); first += kernels::kMaxCurves) {
      const std::vector<CurveQuery> some = queries(first);
      CurveState states[kernels::kMaxCurves];
      if (device)
        device->states(ranking, some, states);
      else
        kernels::curve_states(workers, ranking, set.input.weights, some.data(), static_cast<int>(some.size()), states,
                              scratch.data());
      for (std::size_t i = 0; i < some.size(); ++i) {
        const std::size_t place = set.plan.curves[first + i];
        set.value(candidate, place) = curve(place, states[i]);
      }
    }
  }

  // ---- replicates of rankings of the candidates from `first` on ----
  kernels::Resamples draws() const { return {set.key(), set.options.resamples}; }

  void resample_on_cpu(const std::vector<RankingView>& rankings, const std::vector<CurveQuery>& some,
                       CurveState* states) const {
    const auto count = static_cast<Index>(rankings.size()), asked = static_cast<Index>(some.size());
    const Index resamples = set.options.resamples;
    const Buffer<char> scratch(static_cast<Index>(
        kernels::curve_bootstrap_scratch_bytes(workers, rankings.data(), count, set.units.view(), draws())));
    kernels::curve_bootstrap(workers, rankings.data(), count, set.units.view(), set.input.weights, some.data(),
                             static_cast<int>(asked), draws(),
                             {states, {asked, count, resamples}, {count * resamples, resamples, 1}}, scratch.data());
  }

  void resample_curves(const std::vector<RankingView>& rankings, Index first) {
    const auto count = static_cast<Index>(rankings.size());
    const Index resamples = set.options.resamples;
    for (std::size_t begin = 0; begin < set.plan.curves.size(); begin += kernels::kMaxCurves) {
      const std::vector<CurveQuery> some = queries(begin);
      const auto asked = static_cast<Index>(some.size());
      Buffer<CurveState> states(asked * count * resamples);
      if (device)
        device->resample(rankings, some, draws(), states.data());
      else
        resample_on_cpu(rankings, some, states.data());
      for (Index q = 0; q < asked; ++q)
        for (Index i = 0; i < count; ++i)
          for (Index b = 0; b < resamples; ++b) {
            const std::size_t place = set.plan.curves[begin + static_cast<std::size_t>(q)];
            set.replicate(b, first + i, place) = curve(place, states[(q * count + i) * resamples + b]).value;
          }
    }
  }

  void run() {
    const Index n = set.n, m = set.m;
    const Index batch =
        std::clamp<Index>(static_cast<Index>(kRankingBytes / (5 * std::max<Index>(n, 1))), 1, std::max<Index>(m, 1));
    if (set.execution.device() == Device::cuda && n > 0)
      device = std::make_unique<DeviceCurves<T>>(set, labels.data(), batch);
    Buffer<std::uint32_t> row(device ? 0 : batch * n);
    Buffer<std::uint8_t> flags(device ? 0 : batch * n);
    Buffer<char> scratch(
        static_cast<Index>(std::max(kernels::sort_scores_scratch_bytes(workers, n), kernels::curve_scratch_bytes(n))));
    for (Index first = 0; first < m; first += batch) {
      std::vector<RankingView> rankings;
      for (Index i = first; i < std::min(m, first + batch); ++i) {
        set.execution.check_stop();
        const Index at = (i - first) * n;
        if (device) {
          rankings.push_back(device->rank(i, i - first));
        } else {
          kernels::sort_scores(workers, set.scores_of(i), labels.data(), {row.data() + at, flags.data() + at},
                               scratch.data());
          rankings.push_back({row.data() + at, flags.data() + at, n});
        }
        values(rankings.back(), i, scratch);
      }
      if (set.options.resamples == 0 || n == 0) continue;
      resample_curves(rankings, first);
    }
  }
};

}  // namespace

template <class T>
void ranked_metrics(RowSet<T>& set) {
  if (!set.plan.curves.empty()) Ranked<T>(set).run();
}

template void ranked_metrics(RowSet<float>&);
template void ranked_metrics(RowSet<double>&);

}  // namespace bakeoff

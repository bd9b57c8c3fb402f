#include "evaluate/class_auc.h"

#include <limits>

#include "kernels/ranking/roc_auc.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/auc_bootstrap.h"

namespace bakeoff {
namespace {

using kernels::AucState;
using kernels::MetricValue;

// Rankings that are held at once: 5 bytes a row.
constexpr Index kRankingBytes = Index{64} << 20;

template <class W>
void add_state(AucMeans& means, int resample, const AucState<W>& state) {
  means.add(resample, kernels::finish(state), static_cast<double>(state.positive), static_cast<double>(state.negative));
}

}  // namespace

AucMeans::AucMeans(int resamples, bool weighted_by_all)
    : by_all_(weighted_by_all), sums_(static_cast<std::size_t>(resamples) + 1) {}

void AucMeans::add(int resample, const MetricValue& auc, double positive, double negative) {
  Sums& sums = sums_[static_cast<std::size_t>(resample + 1)];
  const double weight = by_all_ ? positive + negative : positive;
  sums.even += auc.value;
  sums.weighted += weight * auc.value;
  sums.weight += weight;
  ++sums.count;
  if (auc.reason != kernels::Reason::ok) sums.reason = auc.reason;
}

MetricValue AucMeans::even(int resample) const {
  const Sums& sums = sums_[static_cast<std::size_t>(resample + 1)];
  return {sums.even / sums.count, sums.reason};
}

MetricValue AucMeans::weighted(int resample) const {
  const Sums& sums = sums_[static_cast<std::size_t>(resample + 1)];
  return {sums.weighted / sums.weight, sums.reason};
}

template <class T>
auto ClassRanker<T>::rank(int c) const -> Ranking {
  Buffer<T> values(rows);
  scores(c, values.data());
  Buffer<std::uint8_t> labels(rows);
  for (Index i = 0; i < rows; ++i) labels[i] = is_of_class(c, i);
  Ranking out{Buffer<std::uint32_t>(rows), Buffer<std::uint8_t>(rows), rows};
  Buffer<char> scratch(static_cast<Index>(kernels::sort_scores_scratch_bytes(execution.workers(), rows)));
  kernels::sort_scores<T>(execution.workers(), kernels::vector_view(static_cast<const T*>(values.data()), rows),
                          labels.data(), {out.row.data(), out.flags.data()}, scratch.data());
  return out;
}

template <class T>
auto ClassRanker<T>::of_pair(const Ranking& all, int a, int b) const -> Ranking {
  Buffer<std::uint8_t> keep(rows);
  for (Index i = 0; i < rows; ++i) keep[i] = is_of_class(a, i) || is_of_class(b, i);
  Ranking out{Buffer<std::uint32_t>(rows), Buffer<std::uint8_t>(rows), 0};
  out.rows = kernels::select_ranks(all.view(), keep.data(), {out.row.data(), out.flags.data()});
  return out;
}

template <class T>
template <class W>
void ClassRanker<T>::resample(const std::vector<kernels::RankingView>& views, AucMeans& means) const {
  const auto count = static_cast<Index>(views.size());
  const kernels::Resamples all{kernels::RngKey::from_seed(seed), resamples};
  const auto& workers = execution.workers();
  Buffer<AucState<W>> states(count * resamples);
  const auto out = kernels::matrix_view(states.data(), count, resamples);
  const kernels::ResampleUnits drawn = units.view();
  if constexpr (std::is_same_v<W, double>) {
    Buffer<char> scratch(static_cast<Index>(kernels::weighted_auc_bootstrap_scratch_bytes(rows)));
    kernels::weighted_auc_bootstrap(workers, views.data(), count, drawn, weights, all, out, scratch.data());
  } else {
    Buffer<char> scratch(
        static_cast<Index>(kernels::auc_bootstrap_scratch_bytes(workers, views.data(), count, drawn, all)));
    kernels::auc_bootstrap(workers, views.data(), count, drawn, all, out, scratch.data());
  }
  for (Index i = 0; i < count; ++i)
    for (int b = 0; b < resamples; ++b) add_state(means, b, states[i * resamples + b]);
}

// Adds the AUCs of the rankings to the means, and forgets them.
template <class T>
void ClassRanker<T>::score(std::vector<Ranking>& rankings, AucMeans& means) const {
  execution.check_stop();
  Buffer<char> scratch(static_cast<Index>(kernels::roc_auc_scratch_bytes(execution.workers(), rows)));
  std::vector<kernels::RankingView> views;
  for (const Ranking& ranking : rankings) {
    views.push_back(ranking.view());
    if (weights)
      add_state(means, -1, kernels::ranked_auc(execution.workers(), views.back(), weights, scratch.data()));
    else
      add_state(means, -1,
                kernels::ranked_auc<std::uint32_t>(execution.workers(), views.back(), nullptr, scratch.data()));
  }
  if (resamples > 0 && !views.empty()) weights ? resample<double>(views, means) : resample<std::uint64_t>(views, means);
  rankings.clear();
}

template <class T>
AucMeans ClassRanker<T>::against_rest() const {
  AucMeans means(resamples, false);
  std::vector<Ranking> rankings;
  for (int c = 0; c < classes; ++c) {
    rankings.push_back(rank(c));
    if (static_cast<Index>(rankings.size()) * rows * 5 > kRankingBytes) score(rankings, means);
  }
  score(rankings, means);
  return means;
}

template <class T>
AucMeans ClassRanker<T>::pairs() const {
  AucMeans means(resamples, true);
  std::vector<Ranking> rankings;
  Index held = 0;
  for (int a = 0; a < classes; ++a) {
    const Ranking all = rank(a);
    for (int b = 0; b < classes; ++b) {
      if (b == a) continue;
      rankings.push_back(of_pair(all, a, b));
      held += rows * 5;
      if (held > kRankingBytes) {
        score(rankings, means);
        held = 0;
      }
    }
  }
  score(rankings, means);
  return means;
}

template struct ClassRanker<float>;
template struct ClassRanker<double>;

}  // namespace bakeoff

// roc_auc of all slices on a GPU: a candidate is sorted there, and its ranking is dealt out to the slices on the CPU,
// where that is one pass with a few counters.
#include "core/buffer.h"
#include "evaluate/auc_source.h"
#include "evaluate/device_rows.h"
#include "evaluate/slice_rankings.h"
#include "kernels/ranking/roc_auc.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff {

using kernels::AucState;
using kernels::DeviceArray;
using kernels::RankingView;

class DeviceRankings {
 public:
  DeviceRankings(const Execution& execution, const EvaluateInput& input, const SliceSet& set)
      : execution_(execution), input_(input), set_(set), rows_(*set.device), host_(execution, input, set) {}

  std::size_t bytes() const { return host_.bytes(); }

  void reserve(Index candidates) {
    row_ = DeviceArray<std::uint32_t>(candidates * host_.begin_.back());
    flags_ = DeviceArray<std::uint8_t>(candidates * host_.begin_.back());
    if (!only_all()) host_.reserve(candidates);
  }

  std::vector<RankingView> rank(Index first, Index count) {
    const Index n = input_.rows(), all = host_.all_view();
    const kernels::Stream stream = rows_.stream();
    const DeviceArray<char> scratch(static_cast<Index>(kernels::sort_scores_scratch_bytes(stream, n)));
    const DeviceArray<std::uint32_t> row(all < 0 ? n : 0);
    const DeviceArray<std::uint8_t> flags(all < 0 ? n : 0);
    const Buffer<std::uint32_t> host_row(only_all() ? 0 : n);
    const Buffer<std::uint8_t> host_flags(host_row.size());
    for (Index m = 0; m < count; ++m) {
      execution_.check_stop();
      const Index base = m * host_.begin_.back();
      const kernels::RankingOut to = all < 0 ? kernels::RankingOut{row.data(), flags.data()}
                                             : kernels::RankingOut{row_.data() + base + host_.begin_[all],
                                                                   flags_.data() + base + host_.begin_[all]};
      std::visit(
          [&]<class T>(const kernels::TensorView<const T, 2>&) {
            kernels::sort_scores(stream, rows_.candidate<T>(first + m), rows_.positive(), to, scratch.data());
          },
          input_.scores);
      if (only_all()) continue;
      kernels::device_download(stream, host_row.data(), to.row, static_cast<std::size_t>(n) * sizeof(std::uint32_t));
      kernels::device_download(stream, host_flags.data(), to.flags, static_cast<std::size_t>(n));
      host_.deal({host_row.data(), host_flags.data(), n}, base);
      upload_dealt(base, all);
    }
    return host_.views(row_.data(), flags_.data(), count);
  }

 private:
  bool only_all() const { return set_.count() == 1 && host_.all_view() == 0; }

  // What deal() wrote: every view but that of all rows.
  void upload_dealt(Index base, Index all) {
    for (Index i = 0; i < set_.count(); ++i) {
      if (i == all) continue;
      const Index at = base + host_.begin_[i], count = set_.views[i].count;
      row_.upload(rows_.stream(), host_.row_.data() + at, count, at);
      flags_.upload(rows_.stream(), host_.flags_.data() + at, count, at);
    }
  }

  const Execution& execution_;
  const EvaluateInput& input_;
  const SliceSet& set_;
  const DeviceRows& rows_;
  SliceRankings host_;
  DeviceArray<std::uint32_t> row_;
  DeviceArray<std::uint8_t> flags_;
};

namespace {

class DeviceAuc : public AucSource {
 public:
  DeviceAuc(const Execution& execution, const EvaluateInput& input, const SliceSet& set)
      : rows_(*set.device), rankings_(execution, input, set) {}

  std::size_t bytes() const override { return rankings_.bytes(); }
  // Of a GPU with tens of GiB: all of 64 candidates x 1e6 rows, so that the resamples are drawn once.
  std::size_t room() const override { return std::size_t{2} << 30; }
  Index resample_tile() const override { return 1024; }  // a block of threads, 8 each
  // What an H100's integer units allow at some 70 operations each; not measured.
  Index draws_a_second() const override { return Index{1} << 38; }
  void reserve(Index candidates) override { rankings_.reserve(candidates); }
  std::vector<RankingView> rank(Index first, Index count) override { return rankings_.rank(first, count); }

  void values(const std::vector<RankingView>& rankings, AucState<std::uint64_t>* out) override {
    values<std::uint32_t>(rankings, nullptr, out);
  }
  void values(const std::vector<RankingView>& rankings, AucState<double>* out) override {
    values<double>(rankings, rows_.weights(), out);
  }

  void resample(const std::vector<RankingView>& rankings, const kernels::Resamples& resamples,
                AucState<std::uint64_t>* out) override {
    resample_with(rankings, resamples, out, &kernels::auc_bootstrap_scratch_bytes, [&](auto to, void* scratch) {
      kernels::auc_bootstrap(rows_.stream(), rankings.data(), static_cast<Index>(rankings.size()), rows_.units(),
                             resamples, to, scratch);
    });
  }
  void resample(const std::vector<RankingView>& rankings, const kernels::Resamples& resamples,
                AucState<double>* out) override {
    resample_with(
        rankings, resamples, out, &kernels::weighted_auc_bootstrap_scratch_bytes, [&](auto to, void* scratch) {
          kernels::weighted_auc_bootstrap(rows_.stream(), rankings.data(), static_cast<Index>(rankings.size()),
                                          rows_.units(), rows_.weights(), resamples, to, scratch);
        });
  }

 private:
  template <class W>
  void values(const std::vector<RankingView>& rankings, const W* weights, AucState<kernels::AucWeight<W>>* out) {
    Index most = 0;
    for (const RankingView& ranking : rankings) most = std::max(most, ranking.rows);
    const auto count = static_cast<Index>(rankings.size());
    const DeviceArray<AucState<kernels::AucWeight<W>>> states(count);
    const DeviceArray<char> scratch(static_cast<Index>(kernels::ranked_auc_scratch_bytes(most)));
    for (Index at = 0; at < count; ++at)
      kernels::ranked_auc(rows_.stream(), rankings[at], weights, states.data() + at, scratch.data());
    states.download(rows_.stream(), out, count);
  }

  using ScratchBytes = std::size_t (*)(kernels::Stream, const RankingView*, Index, const kernels::ResampleUnits&,
                                       const kernels::Resamples&);
  template <class W, class F>
  void resample_with(const std::vector<RankingView>& rankings, const kernels::Resamples& resamples, AucState<W>* out,
                     ScratchBytes bytes, const F& bootstrap) {
    const auto count = static_cast<Index>(rankings.size());
    const DeviceArray<AucState<W>> states(count * resamples.count);
    const DeviceArray<char> scratch(
        static_cast<Index>(bytes(rows_.stream(), rankings.data(), count, rows_.units(), resamples)));
    bootstrap(kernels::matrix_view(states.data(), count, resamples.count, Device::cuda), scratch.data());
    states.download(rows_.stream(), out, states.size());
  }

  const DeviceRows& rows_;
  DeviceRankings rankings_;
};

}  // namespace

std::unique_ptr<AucSource> make_device_auc(const Execution& execution, const EvaluateInput& input,
                                           const SliceSet& set) {
  return std::make_unique<DeviceAuc>(execution, input, set);
}

}  // namespace bakeoff

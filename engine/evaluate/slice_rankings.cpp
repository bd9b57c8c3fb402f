// The areas of all slices: each candidate is sorted once, and its ranking is dealt out to the slices in one pass.
#include <algorithm>

#include "core/buffer.h"
#include "evaluate/auc_source.h"
#include "evaluate/slice_rankings.h"
#include "evaluate/slice_set.h"
#include "kernels/ranking/roc_auc.h"
#include "kernels/ranking/sort_scores.h"

namespace bakeoff {
namespace {

using kernels::AucState;
using kernels::RankingView;

// Rankings, and states of their resamples, that are held at once. With the 64 MiB of weights that auc_bootstrap may
// hold beside them they stay below half the input and 64 MiB from some 10 MB of scores on (bench/peers/auc_many.py).
constexpr std::size_t kBatchBytes = std::size_t{32} << 20;

// What is read from rankings: from those on the CPU.
class HostAuc : public AucSource {
 public:
  HostAuc(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units)
      : execution_(execution),
        input_(input),
        units_(units.view()),
        rankings_(execution, input, set),
        scratch_(static_cast<Index>(kernels::roc_auc_scratch_bytes(execution.workers(), input.rows()))) {}

  std::size_t bytes() const override { return rankings_.bytes(); }
  std::size_t room() const override { return kBatchBytes; }
  Index resample_tile() const override { return 64; }
  Index draws_a_second() const override { return Index{1} << 31; }  // on two cores
  void reserve(Index candidates) override { rankings_.reserve(candidates); }
  std::vector<RankingView> rank(Index first, Index count) override { return rankings_.rank(first, count); }

  void values(const std::vector<RankingView>& rankings, AucState<std::uint64_t>* out) override {
    for (std::size_t at = 0; at < rankings.size(); ++at)
      out[at] = kernels::ranked_auc<std::uint32_t>(execution_.workers(), rankings[at], nullptr, scratch_.data());
  }
  void values(const std::vector<RankingView>& rankings, AucState<double>* out) override {
    for (std::size_t at = 0; at < rankings.size(); ++at)
      out[at] = kernels::ranked_auc(execution_.workers(), rankings[at], input_.weights, scratch_.data());
  }

  void resample(const std::vector<RankingView>& rankings, const kernels::Resamples& resamples,
                AucState<std::uint64_t>* out) override {
    const auto count = static_cast<Index>(rankings.size());
    const Buffer<char> scratch(static_cast<Index>(
        kernels::auc_bootstrap_scratch_bytes(execution_.workers(), rankings.data(), count, units_, resamples)));
    kernels::auc_bootstrap(execution_.workers(), rankings.data(), count, units_, resamples,
                           kernels::matrix_view(out, count, resamples.count), scratch.data());
  }
  void resample(const std::vector<RankingView>& rankings, const kernels::Resamples& resamples,
                AucState<double>* out) override {
    const auto count = static_cast<Index>(rankings.size());
    const Buffer<char> scratch(static_cast<Index>(kernels::weighted_auc_bootstrap_scratch_bytes(input_.rows())));
    kernels::weighted_auc_bootstrap(execution_.workers(), rankings.data(), count, units_, input_.weights, resamples,
                                    kernels::matrix_view(out, count, resamples.count), scratch.data());
  }

 private:
  const Execution& execution_;
  const EvaluateInput& input_;
  const kernels::ResampleUnits units_;
  SliceRankings rankings_;
  const Buffer<char> scratch_;
};

struct Auc {
  const Execution& execution;
  const EvaluateInput& input;
  const SliceSet& set;
  const MetricPlan& plan;
  const EvaluateOptions& options;
  Scoreboard& board;
  Index draws_at_once;

  void set_value(Index m, Index i, const kernels::MetricValue& value) {
    for (const std::size_t k : plan.areas) {
      Cell& cell = board.cells[board.index(m, set.slice[i], static_cast<Index>(k))];
      cell.value = plan.from_auc(k, value.value);
      cell.reason = value.reason;
    }
  }

  void set_replicate(Index b, Index m, Index i, double value) {
    const auto cells = static_cast<Index>(board.cells.size());
    for (const std::size_t k : plan.areas)
      board.replicates[b * cells + board.index(m, set.slice[i], static_cast<Index>(k))] = plan.from_auc(k, value);
  }

  // Nothing but the value of all rows is asked for: needs no ranking on the CPU.
  bool only_exact(bool resample) const {
    return !resample && !set.device && !input.weights && set.count() == 1 && set.slice[0] == 0;
  }

  void exact() {
    const Buffer<std::uint8_t> labels = binary_labels(input);
    const Buffer<char> scratch(static_cast<Index>(kernels::roc_auc_scratch_bytes(execution.workers(), input.rows())));
    for (Index m = 0; m < input.candidates(); ++m) {
      execution.check_stop();
      std::visit(
          [&]<class T>(const kernels::TensorView<const T, 2>& scores) {
            set_value(m, 0,
                      kernels::finish(kernels::roc_auc<T>(execution.workers(), candidate_scores(scores, m),
                                                          labels.data(), scratch.data())));
          },
          input.scores);
    }
  }

  Index batch(const AucSource& source, bool resample) const {
    const std::size_t states =
        resample ? sizeof(AucState<std::uint64_t>) * static_cast<std::size_t>(set.count() * options.resamples) : 0;
    return std::clamp<Index>(static_cast<Index>(source.room() / std::max(source.bytes() + states, std::size_t{1})), 1,
                             input.candidates());
  }

  void run(AucSource& source, bool resample) {
    const Index step = batch(source, resample);
    source.reserve(step);
    for (Index first = 0; first < input.candidates(); first += step) {
      const std::vector<RankingView> rankings = source.rank(first, std::min(step, input.candidates() - first));
      if (input.weights)
        read<double>(source, rankings, first, resample);
      else
        read<std::uint64_t>(source, rankings, first, resample);
    }
  }

  template <class W>
  void read(AucSource& source, const std::vector<RankingView>& rankings, Index first, bool resample) {
    std::vector<AucState<W>> states(rankings.size());
    source.values(rankings, states.data());
    for (std::size_t at = 0; at < states.size(); ++at) {
      kernels::MetricValue value = kernels::finish(states[at]);
      if (input.weights && rankings[at].rows > 0 && states[at].positive + states[at].negative == 0)
        value.reason = Reason::no_weight;
      const auto place = static_cast<Index>(at);
      set_value(first + place / set.count(), place % set.count(), value);
    }
    if (resample && input.rows() > 0) replicates<W>(source, rankings, first);
  }

  // A second or so of draws at a time, so that Ctrl-C is heard; the weights of a resample do not depend on the cut.
  template <class W>
  void replicates(AucSource& source, const std::vector<RankingView>& rankings, Index first) {
    const auto count = static_cast<Index>(rankings.size());
    const Index tile = source.resample_tile(), draws = draws_at_once > 0 ? draws_at_once : source.draws_a_second();
    const Index fit = draws / (input.rows() * count) / tile * tile;
    const Index step = std::clamp<Index>(fit, tile, std::max<Index>(options.resamples, tile));
    for (Index begin = 0; begin < options.resamples; begin += step) {
      execution.check_stop();
      const Index resamples = std::min<Index>(step, options.resamples - begin);
      const Buffer<AucState<W>> states(count * resamples);
      source.resample(
          rankings,
          {kernels::RngKey::from_seed(options.seed), static_cast<int>(resamples), static_cast<std::uint32_t>(begin)},
          states.data());
      execution.workers().for_each(resamples, [&](Index b) {
        for (Index at = 0; at < count; ++at)
          set_replicate(begin + b, first + at / set.count(), at % set.count(),
                        kernels::finish(states[at * resamples + b]).value);
      });
    }
  }
};

}  // namespace

void auc_values(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
                const MetricPlan& plan, const EvaluateOptions& options, bool resample, Scoreboard& board,
                Index draws_at_once) {
  Auc auc{execution, input, set, plan, options, board, draws_at_once};
  if (auc.only_exact(resample)) return auc.exact();
  const auto source =
      set.device ? make_device_auc(execution, input, set) : std::make_unique<HostAuc>(execution, input, set, units);
  auc.run(*source, resample);
}

Buffer<std::uint8_t> binary_labels(const EvaluateInput& input) {
  Buffer<std::uint8_t> labels(input.rows());
  for (Index i = 0; i < input.rows(); ++i) labels[i] = input.labels[i] != 0;
  return labels;
}

SliceRankings::SliceRankings(const Execution& execution, const EvaluateInput& input, const SliceSet& set)
    : execution_(execution), input_(input), set_(set), labels_(binary_labels(input)) {
  begin_.push_back(0);
  for (const kernels::SliceRows& view : set.views) begin_.push_back(begin_.back() + view.count);
  // The views of each row, those of all rows left out.
  first_of_row_.assign(static_cast<std::size_t>(input.rows()) + 1, 0);
  const auto for_each_member = [&](const auto& f) {
    for (std::size_t i = 0; i < set.views.size(); ++i)
      for (Index at = 0; set.views[i].row && at < set.views[i].count; ++at)
        f(static_cast<std::size_t>(set.views[i].row[at]), static_cast<std::uint32_t>(i));
  };
  for_each_member([&](std::size_t row, std::uint32_t) { ++first_of_row_[row + 1]; });
  for (std::size_t row = 0; row < static_cast<std::size_t>(input.rows()); ++row)
    first_of_row_[row + 1] += first_of_row_[row];
  views_of_row_.resize(first_of_row_.back());
  std::vector<std::uint64_t> next(first_of_row_.begin(), first_of_row_.end() - 1);
  for_each_member([&](std::size_t row, std::uint32_t view) { views_of_row_[next[row]++] = view; });
}

std::size_t SliceRankings::bytes() const {
  return 5 * static_cast<std::size_t>(begin_.back()) +
         (all_view() < 0 ? 5 * static_cast<std::size_t>(input_.rows()) : 0);
}

void SliceRankings::reserve(Index candidates) {
  row_ = Buffer<std::uint32_t>(candidates * begin_.back());
  flags_ = Buffer<std::uint8_t>(candidates * begin_.back());
}

Index SliceRankings::all_view() const {
  for (std::size_t i = 0; i < set_.views.size(); ++i)
    if (!set_.views[i].row) return static_cast<Index>(i);
  return -1;
}

std::vector<RankingView> SliceRankings::rank(Index first, Index count) {
  const Index n = input_.rows(), all = all_view();
  const Buffer<char> scratch(static_cast<Index>(kernels::sort_scores_scratch_bytes(execution_.workers(), n)));
  const Buffer<std::uint32_t> row(all < 0 ? n : 0);
  const Buffer<std::uint8_t> flags(all < 0 ? n : 0);
  for (Index m = 0; m < count; ++m) {
    execution_.check_stop();
    const Index base = m * begin_.back();
    kernels::RankingOut to{row.data(), flags.data()};
    if (all >= 0) to = {row_.data() + base + begin_[all], flags_.data() + base + begin_[all]};
    std::visit(
        [&]<class T>(const kernels::TensorView<const T, 2>& scores) {
          kernels::sort_scores(execution_.workers(), candidate_scores(scores, first + m), labels_.data(), to,
                               scratch.data());
        },
        input_.scores);
    if (all < 0) deal({to.row, to.flags, n}, base);
  }
  const std::vector<RankingView> out = views(row_.data(), flags_.data(), count);
  if (all >= 0 && set_.count() > 1)
    execution_.workers().for_each(count, [&](Index m) { deal(out[m * set_.count() + all], m * begin_.back()); });
  return out;
}

std::vector<RankingView> SliceRankings::views(const std::uint32_t* row, const std::uint8_t* flags,
                                              Index candidates) const {
  std::vector<RankingView> out;
  for (Index m = 0; m < candidates; ++m)
    for (Index i = 0; i < set_.count(); ++i) {
      const Index at = m * begin_.back() + begin_[i];
      out.push_back({row + at, flags + at, set_.views[i].count});
    }
  return out;
}

// A group begins in a slice where the slice's rank before was of another group.
void SliceRankings::deal(const RankingView& ranking, Index base) const {
  std::vector<Index> next(begin_.begin(), begin_.end() - 1), group_of_last(next.size(), -1);
  Index group = 0;
  for (Index rank = 0; rank < ranking.rows; ++rank) {
    const std::uint32_t row = ranking.row[rank];
    group += ranking.flags[rank] & kernels::kRankBeginsGroup ? 1 : 0;
    for (std::uint64_t at = first_of_row_[row]; at < first_of_row_[row + 1]; ++at) {
      const std::uint32_t view = views_of_row_[at];
      const Index to = base + next[view]++;
      row_[to] = row;
      flags_[to] = static_cast<std::uint8_t>((ranking.flags[rank] & kernels::kRankPositive) |
                                             (group != group_of_last[view] ? kernels::kRankBeginsGroup : 0));
      group_of_last[view] = group;
    }
  }
}

}  // namespace bakeoff

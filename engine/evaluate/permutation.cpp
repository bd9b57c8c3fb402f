// The paired permutation test: in each permutation every unit's scores of candidate and baseline are exchanged or not.
#include <algorithm>
#include <cmath>

#include "core/buffer.h"
#include "core/error.h"
#include "evaluate/comparing.h"
#include "evaluate/slice_rankings.h"
#include "kernels/ranking/auc_state.h"
#include "kernels/ranking/sort_scores.h"
#include "kernels/resample/pointwise_bootstrap_simd.h"
#include "kernels/slices/sliced_bootstrap.h"

namespace bakeoff {
namespace {

using kernels::RankingView;
using kernels::TermSums;
constexpr Index kLanes = kernels::kTileResamples;
constexpr int kBits = 128;  // permutations that one counter decides

// Whether a unit is exchanged in permutation b: bit b % 128 (low bit of word 0 first) of Philox4x32-10 with the seed as
// key and the counter (id low, id high, b / 128, 6).
class Swaps {
 public:
  Swaps(const UnitIndex& units, std::uint64_t seed) : units_(units), key_(kernels::RngKey::from_seed(seed)) {}

  void draw(Index b, std::uint8_t* swapped) const {
    for (Index u = 0; u < units_.count(); ++u) {
      const auto id = static_cast<std::uint64_t>(units_.by_row() ? u : units_.ids[u]);
      const kernels::Counter block = kernels::philox(
          key_, {{static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32),
                  static_cast<std::uint32_t>(b / kBits), static_cast<std::uint32_t>(kernels::Stream4::permutation)}});
      swapped[u] = block.word[b % kBits / 32] >> (b % 32) & 1;
    }
  }

 private:
  const UnitIndex& units_;
  kernels::RngKey key_;
};

struct Permutation {
  const Execution& execution;
  const EvaluateInput& input;
  const EvaluateOptions& evaluated;
  Compared& at;
  const MetricPlan& plan;
  UnitIndex units;
  std::vector<std::int64_t> slices;
  SliceSet set;
  std::vector<double> deviations;  // B x cells

  double& deviation(Index b, Index m, Index i, std::size_t k) {
    return deviations[b * at.cells() + at.board.index(m, slices[i], static_cast<Index>(k))];
  }
  TermSums moved(const TermSums& own, const TermSums& gone, const TermSums& come) const {
    TermSums out = own;
    for (int t = 0; t < kernels::kTermCount; ++t) out.sum[t] = own.sum[t] - gone.sum[t] + come.sum[t];
    return out;
  }

  // The sums of the exchanged units are replicates whose weights are 0 and 1: exact, in any order of rows. The last
  // lane has weight 1 everywhere.
  void point_metrics(const PassSums& pass) {
    const Swaps swaps(units, evaluated.seed);
    const kernels::TermSet term_set = pass.pass->terms;
    const Index terms = term_set.count(), columns = at.candidates * terms;
    const std::vector<int> exponents = pass.exponents();
    std::vector<std::uint8_t> drawn(static_cast<std::size_t>(units.count() * kLanes)), lane;
    lane.resize(static_cast<std::size_t>(units.count()));
    for (Index first = 0; first < at.options.permutations; first += kLanes - 1) {
      execution.check_stop();
      const Index count = std::min<Index>(kLanes - 1, at.options.permutations - first);
      for (Index r = 0; r < kLanes; ++r) {
        if (r < count) swaps.draw(first + r, lane.data());
        for (Index u = 0; u < units.count(); ++u) drawn[u * kLanes + r] = r == kLanes - 1 ? 1 : r < count ? lane[u] : 0;
      }
      std::vector<kernels::ExactSum> totals(static_cast<std::size_t>(kLanes * set.count() * columns));
      sum_exchanged(pass, exponents, drawn, totals);
      const auto state = [&](Index r, Index i, Index m) {
        const Index column = i * columns + m * terms;
        return kernels::replicate_sums(term_set, totals.data() + r * set.count() * columns + column,
                                       exponents.data() + column, set.views[i].count);
      };
      execution.workers().for_each(count * set.count(), [&](Index item) {
        const Index r = item / set.count(), i = item % set.count();
        const TermSums base = state(kLanes - 1, i, at.baseline), base_out = state(r, i, at.baseline);
        for (Index m = 0; m < at.candidates; ++m) {
          const TermSums own = state(kLanes - 1, i, m), own_out = state(r, i, m);
          const TermSums candidate = moved(own, own_out, base_out), baseline = moved(base, base_out, own_out);
          for (const std::size_t k : pass.pass->uses)
            deviation(first + r, m, i, k) =
                plan.finish(k, candidate, pass.contexts[i]).value - plan.finish(k, baseline, pass.contexts[i]).value;
        }
      });
    }
  }

  void sum_exchanged(const PassSums& pass, const std::vector<int>& exponents, const std::vector<std::uint8_t>& drawn,
                     std::vector<kernels::ExactSum>& totals) const {
    const kernels::ResampleUnits u = units.view();
    std::visit(
        [&](const auto& scores) {
          const Buffer<char> scratch(static_cast<Index>(kernels::sliced_bootstrap_scratch_bytes(
              execution.workers(), at.candidates, pass.pass->terms, set.views.data(), set.count(), u)));
          kernels::sliced_bootstrap(execution.workers(), scored_rows(input, scores, pass), set.views.data(),
                                    set.count(), u, {{}, static_cast<int>(kLanes)}, pass.pass->terms,
                                    pass.contexts.data(), exponents.data(), totals.data(), scratch.data(),
                                    drawn.data());
        },
        input.scores);
  }

  // Scores of two models may stand on different scales; their ranks among the slice's rows don't, and AUC sees ranks
  // alone. So ranks are what is exchanged (Venkatraman, Begg: A distribution-free procedure; Biometrika 1996), tied
  // ones at their mean.
  void areas() {
    SliceRankings rankings(execution, input, set);
    rankings.reserve(at.candidates);
    const std::vector<RankingView> ranked = rankings.rank(0, at.candidates);
    for (Index i = 0; i < set.count(); ++i)
      for (Index m = 0; m < at.candidates; ++m) {
        execution.check_stop();
        if (m != at.baseline) exchange(ranked[m * set.count() + i], ranked[at.baseline * set.count() + i], m, i);
      }
  }

  // Both rankings in one: entry e < n is the candidate's rank e, entry n + e the baseline's.
  void exchange(const RankingView& candidate, const RankingView& baseline, Index m, Index i) {
    const Index n = candidate.rows;
    std::vector<double> mean_rank;
    std::vector<std::uint32_t> row_of;
    for (const RankingView* ranking : {&candidate, &baseline})
      for (Index begin = 0, end = 0; begin < n; begin = end) {
        for (end = begin + 1; end < n && !(ranking->flags[end] & kernels::kRankBeginsGroup);) ++end;
        for (Index rank = begin; rank < end; ++rank) {
          mean_rank.push_back(static_cast<double>(begin + end));
          row_of.push_back(ranking->row[rank]);
        }
      }
    std::vector<std::uint8_t> labels;
    for (const std::uint32_t row : row_of) labels.push_back(input.labels[row] != 0);
    std::vector<std::uint32_t> entry(static_cast<std::size_t>(2 * n));
    std::vector<std::uint8_t> flags(entry.size());
    const Buffer<char> scratch(static_cast<Index>(kernels::sort_scores_scratch_bytes(execution.workers(), 2 * n)));
    kernels::sort_scores(execution.workers(), kernels::vector_view(static_cast<const double*>(mean_rank.data()), 2 * n),
                         labels.data(), {entry.data(), flags.data()}, scratch.data());
    const RankingView joint{entry.data(), flags.data(), 2 * n};
    const Swaps swaps(units, evaluated.seed);
    execution.workers().for_each(at.options.permutations, [&](Index b) {
      std::vector<std::uint8_t> swapped(static_cast<std::size_t>(units.count()));
      swaps.draw(b, swapped.data());
      const double d = input.weights ? difference<double>(joint, row_of, swapped)
                                     : difference<std::uint64_t>(joint, row_of, swapped);
      for (const std::size_t k : plan.areas) deviation(b, m, i, k) = plan.from_auc(k, d) - plan.from_auc(k, 0);
    });
  }

  // AUC of what stands for the candidate in the permutation, less that of what stands for the baseline.
  template <class W>
  double difference(const RankingView& joint, const std::vector<std::uint32_t>& row_of,
                    const std::vector<std::uint8_t>& swapped) const {
    const Index n = joint.rows / 2;
    kernels::AucFold<W> fold[2];
    for (Index rank = 0; rank < joint.rows; ++rank) {
      if (rank > 0 && joint.flags[rank] & kernels::kRankBeginsGroup) fold[0].close_group(), fold[1].close_group();
      const std::uint32_t entry = joint.row[rank], row = row_of[entry];
      const bool exchanged = swapped[units.by_row() ? row : units.of_row[row]];
      const W weight = input.weights ? static_cast<W>(input.weights[row]) : W{1};
      fold[(entry >= n) != exchanged].add(joint.flags[rank] & kernels::kRankPositive, weight);
    }
    return n == 0 ? kNaN : kernels::finish(fold[0].state(false)).value - kernels::finish(fold[1].state(false)).value;
  }
};

}  // namespace

void compare_permutation(const Execution& execution, const EvaluateInput& input, const EvaluateOptions& evaluated,
                         Compared& at) {
  if (at.options.permutations < 1)
    throw SpecError("compare: permutations: expected at least 1, got " + std::to_string(at.options.permutations));
  if (!evaluated.custom.empty())
    throw SpecError("compare: method permutation: is for roc_auc and for metrics that are sums over rows, not for " +
                    evaluated.custom[0].name);
  const MetricPlan plan = make_plan(at.board.metric_names, evaluated.task, input.value_names());
  for (std::size_t k = 0; k < plan.uses.size(); ++k)
    // Sums of errors are shifted by a number of each candidate's own: they can't be exchanged.
    if (!plan.in_one_pass(k) || plan.uses[k].metric->terms.has(kernels::Term::error))
      throw SpecError("compare: method permutation: is for roc_auc and for metrics that are sums over rows, not for " +
                      at.board.metric_names[k]);
  Permutation test{execution, input, evaluated, at, plan, make_unit_index(input), {}, {}, {}};
  for (std::int64_t s = 0; s < at.slices; ++s)
    if (at.board.cell(at.baseline, s, 0).reason != Reason::too_few_rows && at.board.count[s] > 0)
      test.slices.push_back(s);
  test.set = make_slice_set(input.slices, test.units, test.slices);
  test.deviations.assign(static_cast<std::size_t>(at.options.permutations * at.cells()), kNaN);
  Scoreboard scratch;
  scratch.names = at.board.names, scratch.slice_names = at.board.slice_names;
  scratch.metric_names = at.board.metric_names, scratch.cells.resize(at.board.cells.size());
  for (const PassSums& pass : point_values(execution, input, test.set, plan, evaluated, scratch))
    test.point_metrics(pass);
  if (!plan.areas.empty()) test.areas();
  for (std::int64_t cell = 0; cell < at.cells(); ++cell) {
    if (at.is_baseline(cell)) continue;
    std::vector<double> deviations;
    for (Index b = 0; b < at.options.permutations; ++b) deviations.push_back(test.deviations[b * at.cells() + cell]);
    at.add_deviations(cell, deviations);
  }
}

}  // namespace bakeoff

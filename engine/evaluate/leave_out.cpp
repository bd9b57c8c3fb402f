#include "evaluate/leave_out.h"

#include <algorithm>

#include "core/buffer.h"
#include "evaluate/slice_rankings.h"
#include "kernels/slices/sliced_sums.h"

namespace bakeoff {
namespace {

using kernels::RankingView;
using kernels::TermSums;

struct LeaveOut {
  const Execution& execution;
  const EvaluateInput& input;
  const SliceSet& set;
  const Groups& groups;
  const SliceSums& sums;
  const MetricPlan& plan;
  const Scoreboard& board;
  std::vector<double> values;

  double& value(Index g, Index m, Index i, std::size_t k) {
    return values[g * static_cast<Index>(board.cells.size()) + board.index(m, set.slice[i], static_cast<Index>(k))];
  }

  // Sums of each group of slice i, as slices of their own: G x M.
  std::vector<TermSums> group_sums(Index i, const PassSums& pass) const {
    std::vector<std::vector<std::int64_t>> rows(static_cast<std::size_t>(groups.count));
    for (Index at = 0; at < set.views[i].count; ++at) {
      const Index row = set.views[i].row_at(at);
      rows[groups.of_row[row]].push_back(row);
    }
    std::vector<kernels::SliceRows> parts(rows.size());
    for (std::size_t g = 0; g < rows.size(); ++g) {
      rows[g].reserve(1);  // null would be all rows
      parts[g].row = rows[g].data();
      parts[g].count = static_cast<Index>(rows[g].size());
    }
    const kernels::TermSet term_set = pass.pass->terms;
    const Index terms = term_set.count(), m = input.candidates(), columns = m * terms;
    const std::vector<kernels::MetricContext> contexts(rows.size(), pass.contexts[i]);
    std::vector<double> packed(rows.size() * static_cast<std::size_t>(columns)), largest(packed.size());
    std::visit(
        [&](const auto& scores) {
          const Buffer<char> scratch(static_cast<Index>(
              kernels::sliced_sums_scratch_bytes(parts.data(), static_cast<Index>(parts.size()), columns)));
          kernels::sliced_sums(execution.workers(), scored_rows(input, scores, pass), parts.data(),
                               static_cast<Index>(parts.size()), term_set, contexts.data(), packed.data(),
                               largest.data(), scratch.data());
        },
        input.scores);
    std::vector<TermSums> out;
    for (std::size_t at = 0; at < rows.size() * static_cast<std::size_t>(m); ++at)
      out.push_back(kernels::unpack(term_set, packed.data() + static_cast<Index>(at) * terms, parts[at / m].count));
    return out;
  }

  static TermSums add(TermSums a, const TermSums& b) {
    for (int t = 0; t < kernels::kTermCount; ++t) a.sum[t] += b.sum[t];
    a.rows += b.rows;
    return a;
  }

  // The sums of the others are added up from both sides, not subtracted from the whole: what is 0 comes out as 0.
  void point_metrics(Index i, const PassSums& pass) {
    const std::vector<TermSums> of_group = group_sums(i, pass);
    const Index m = input.candidates(), count = groups.count;
    execution.workers().for_each(m, [&](Index candidate) {
      std::vector<TermSums> after(static_cast<std::size_t>(count) + 1);
      for (Index g = count; g-- > 0;) after[g] = add(after[g + 1], of_group[g * m + candidate]);
      TermSums before;
      for (Index g = 0; g < count; ++g) {
        const TermSums others = add(before, after[g + 1]);
        for (const std::size_t k : pass.pass->uses)
          value(g, candidate, i, k) = plan.finish(k, others, pass.contexts[i]).value;
        before = add(before, of_group[g * m + candidate]);
      }
    });
  }

  void areas() {
    SliceRankings rankings(execution, input, set);
    rankings.reserve(1);
    for (Index m = 0; m < input.candidates(); ++m) {
      const std::vector<RankingView> ranked = rankings.rank(m, 1);
      execution.workers().for_each(set.count(), [&](Index i) {
        const std::vector<double> left =
            input.weights ? left_out<double>(ranked[i]) : left_out<std::uint64_t>(ranked[i]);
        for (Index g = 0; g < groups.count; ++g)
          for (const std::size_t k : plan.areas) value(g, m, i, k) = plan.from_auc(k, left[g]);
      });
    }
  }

  template <class W>
  std::vector<double> left_out(const RankingView& ranking) const;
};

// Of one group of rows: its weight, how many rows have any, and the doubled areas that it takes part in.
template <class W>
struct GroupAreas {
  W positive{}, negative{};
  Index positives = 0, negatives = 0;
  W of_positives{}, of_negatives{}, of_both{};
  W open_positive{}, open_negative{};  // in the tie group at hand
};

template <class W>
std::vector<double> LeaveOut::left_out(const RankingView& ranking) const {
  std::vector<GroupAreas<W>> areas(static_cast<std::size_t>(groups.count));
  GroupAreas<W> all;
  const auto weight = [&](Index rank) {
    return input.weights ? static_cast<W>(input.weights[ranking.row[rank]]) : W{1};
  };
  const auto positive = [&](Index rank) { return ranking.flags[rank] & kernels::kRankPositive; };
  for (Index rank = 0; rank < ranking.rows; ++rank) {
    (positive(rank) ? all.positive : all.negative) += weight(rank);
    if (weight(rank) > 0) ++(positive(rank) ? all.positives : all.negatives);
  }
  W below_positive{}, below_negative{}, area{};
  for (Index begin = 0, end = 0; begin < ranking.rows; begin = end) {
    W p{}, n{};
    for (end = begin; end == begin || (end < ranking.rows && !(ranking.flags[end] & kernels::kRankBeginsGroup));
         ++end) {
      const W w = weight(end);
      GroupAreas<W>& group = areas[groups.of_row[ranking.row[end]]];
      (positive(end) ? p : n) += w;
      (positive(end) ? group.open_positive : group.open_negative) += w;
      if (w > 0) ++(positive(end) ? group.positives : group.negatives);
    }
    const W above_positive = all.positive - below_positive - p;
    area += p * (2 * below_negative + n);
    for (Index rank = begin; rank < end; ++rank) {
      GroupAreas<W>& group = areas[groups.of_row[ranking.row[rank]]];
      group.of_both += group.open_positive * (2 * group.negative + group.open_negative);
      group.of_positives += group.open_positive * (2 * below_negative + n);
      group.of_negatives += group.open_negative * (2 * above_positive + p);
      group.positive += group.open_positive;
      group.negative += group.open_negative;
      group.open_positive = group.open_negative = W{};
    }
    below_positive += p;
    below_negative += n;
  }
  std::vector<double> out;
  for (const GroupAreas<W>& group : areas) {
    const bool both = all.positives > group.positives && all.negatives > group.negatives;
    const auto left = static_cast<double>(area - group.of_positives - group.of_negatives + group.of_both);
    const double pairs =
        static_cast<double>(all.positive - group.positive) * static_cast<double>(all.negative - group.negative);
    out.push_back(both ? left / (2 * pairs) : kNaN);
  }
  return out;
}

}  // namespace

std::vector<std::int64_t> Groups::others(const kernels::SliceRows& slice, std::int64_t g) const {
  std::vector<std::int64_t> rows;
  for (Index at = 0; at < slice.count; ++at)
    if (of_row[slice.row_at(at)] != g) rows.push_back(slice.row_at(at));
  return rows;
}

Groups make_groups(const UnitIndex& units, std::int64_t most) {
  Groups groups;
  groups.count = std::min(units.count(), most);
  groups.of_row.resize(static_cast<std::size_t>(units.rows));
  for (Index row = 0; row < units.rows; ++row)
    groups.of_row[row] = static_cast<std::int32_t>((units.by_row() ? row : units.of_row[row]) % groups.count);
  return groups;
}

std::vector<double> leave_groups_out(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                                     const Groups& groups, const SliceSums& sums, const MetricPlan& plan,
                                     const Scoreboard& board) {
  LeaveOut out{execution, input, set, groups, sums, plan, board, {}};
  out.values.assign(static_cast<std::size_t>(groups.count) * board.cells.size(), kNaN);
  for (const PassSums& pass : sums)
    for (Index i = 0; i < set.count(); ++i) out.point_metrics(i, pass);
  if (!plan.areas.empty()) out.areas();
  return std::move(out.values);
}

}  // namespace bakeoff

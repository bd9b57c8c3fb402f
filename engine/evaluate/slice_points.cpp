// The metrics that are finished from sums, for all slices at once.
#include <algorithm>
#include <limits>

#include "core/buffer.h"
#include "evaluate/slice_set.h"
#include "kernels/resample/pointwise_bootstrap_simd.h"
#include "kernels/slices/sliced_bootstrap.h"
#include "kernels/slices/sliced_sums.h"

namespace bakeoff {
namespace {

using kernels::Term;
using kernels::TermSums;

const double* labels_of(const EvaluateInput& input, const MetricPass& pass) {
  for (const ValueColumn& column : input.values)
    if (!pass.column.empty() && column.name == pass.column) return column.values;
  return input.labels;
}

// Everything that both laws need.
struct Replicates {
  const Execution& execution;
  const EvaluateInput& input;
  const SliceSet& set;
  const UnitIndex& units;
  const PassSums& pass;
  const MetricPlan& plan;
  Scoreboard& board;
  std::vector<int> exponents = pass.exponents();
  kernels::TermSet terms = pass.pass->terms;

  Index columns() const { return input.candidates() * terms.count(); }

  // Resamples [first, first + resamples.count): those of the law, or those of `drawn`.
  void run(kernels::Resamples resamples, Index first, const std::uint8_t* drawn) {
    std::vector<kernels::ExactSum> totals(static_cast<std::size_t>(resamples.count * set.count() * columns()));
    const kernels::ResampleUnits u = units.view();
    std::visit(
        [&](const auto& scores) {
          const Buffer<char> scratch(static_cast<Index>(kernels::sliced_bootstrap_scratch_bytes(
              execution.workers(), input.candidates(), terms, set.views.data(), set.count(), u)));
          kernels::sliced_bootstrap(execution.workers(), scored_rows(input, scores, pass), set.views.data(),
                                    set.count(), u, resamples, terms, pass.contexts.data(), exponents.data(),
                                    totals.data(), scratch.data(), drawn);
        },
        input.scores);
    const auto cells = static_cast<Index>(board.cells.size());
    execution.workers().for_each(resamples.count, [&](Index b) {
      for (Index i = 0; i < set.count(); ++i)
        for (Index m = 0; m < input.candidates(); ++m) {
          const Index column = i * columns() + m * terms.count();
          const TermSums state = kernels::replicate_sums(terms, totals.data() + b * set.count() * columns() + column,
                                                         exponents.data() + column, set.views[i].count);
          kernels::MetricContext context = pass.contexts[i];
          context.total_weight = pass.sums[i * input.candidates() + m][Term::weight];
          for (const std::size_t k : pass.pass->uses)
            board.replicates[(first + b) * cells + board.index(m, set.slice[i], static_cast<Index>(k))] =
                plan.finish(k, state, context).value;
        }
    });
  }
};

// The contexts of a pass's slices: what keeps variances exact is each slice's own.
template <class T>
void centre(const Execution& execution, const EvaluateInput& input, const kernels::TensorView<const T, 2>& scores,
            const SliceSet& set, const EvaluateOptions& options, PassSums& out) {
  const kernels::TermSet terms = out.pass->terms;
  const Index m = input.candidates();
  out.contexts.resize(static_cast<std::size_t>(set.count()));
  if (terms.has(Term::error)) out.error_shifts.resize(static_cast<std::size_t>(set.count() * m));
  execution.workers().for_each(set.count(), [&](Index i) {
    const kernels::SliceRows& rows = set.views[i];
    kernels::MetricContext& c = out.contexts[i];
    c.threshold = options.threshold;
    c.eps = std::numeric_limits<T>::epsilon();
    c.undefined = options.undefined;
    c.power = out.pass->power;
    c.like_sklearn = options.compat == "sklearn";
    if (terms.has(Term::label)) c.label_shift = kernels::label_centre(out.labels, input.weights, rows.count, rows.row);
    if (!terms.has(Term::error)) return;
    c.error_shifts = out.error_shifts.data() + i * m;
    for (Index candidate = 0; candidate < m; ++candidate)
      out.error_shifts[i * m + candidate] =
          kernels::error_centre(scores.data + candidate * scores.strides[0], scores.strides[1], out.labels,
                                input.weights, rows.count, rows.row);
  });
}

PassSums pass_values(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                     const MetricPass& pass, const EvaluateOptions& options) {
  PassSums out;
  out.pass = &pass;
  out.labels = labels_of(input, pass);
  const Index terms = pass.terms.count(), m = input.candidates(), columns = m * terms;
  std::vector<double> sums(static_cast<std::size_t>(set.count() * columns));
  out.largest.resize(sums.size());
  std::visit(
      [&](const auto& scores) {
        centre(execution, input, scores, set, options, out);
        const Buffer<char> scratch(
            static_cast<Index>(kernels::sliced_sums_scratch_bytes(set.views.data(), set.count(), columns)));
        kernels::sliced_sums(execution.workers(), scored_rows(input, scores, out), set.views.data(), set.count(),
                             pass.terms, out.contexts.data(), sums.data(), out.largest.data(), scratch.data());
      },
      input.scores);
  for (Index i = 0; i < set.count(); ++i)
    for (Index candidate = 0; candidate < m; ++candidate)
      out.sums.push_back(
          kernels::unpack(pass.terms, sums.data() + i * columns + candidate * terms, set.views[i].count));
  return out;
}

}  // namespace

std::vector<int> PassSums::exponents() const {
  std::vector<int> out;
  for (const double term : largest) out.push_back(kernels::term_exponent(term));
  return out;
}

SliceSums point_values(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                       const MetricPlan& plan, const EvaluateOptions& options, Scoreboard& board) {
  SliceSums out;
  const Index m = input.candidates();
  for (const MetricPass& pass : plan.passes) {
    out.push_back(pass_values(execution, input, set, pass, options));
    for (Index i = 0; i < set.count(); ++i)
      for (Index candidate = 0; candidate < m; ++candidate)
        for (const std::size_t k : pass.uses) {
          const kernels::MetricValue value = plan.finish(k, out.back().sums[i * m + candidate], out.back().contexts[i]);
          Cell& cell = board.cells[board.index(candidate, set.slice[i], static_cast<Index>(k))];
          cell.value = value.value;
          cell.reason = value.reason;
        }
  }
  return out;
}

void point_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const SliceSums& sums, const MetricPlan& plan,
                      const EvaluateOptions& options, Scoreboard& board) {
  for (const PassSums& pass : sums)
    Replicates{execution, input, set, units, pass, plan, board}.run(
        {kernels::RngKey::from_seed(options.seed), options.resamples}, 0, nullptr);
}

void point_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const SliceSums& sums, const MetricPlan& plan, const DrawnTile& drawn,
                      Scoreboard& board) {
  constexpr Index kLanes = kernels::kTileResamples;
  if (sums.empty()) return;
  std::vector<std::uint8_t> table(static_cast<std::size_t>(units.count() * kLanes));
  for (Index place = 0; place < units.count(); ++place)
    for (Index r = 0; r < drawn.count; ++r) table[place * kLanes + r] = drawn.counts[r * units.count() + place];
  for (const PassSums& pass : sums)
    Replicates{execution, input, set, units, pass, plan, board}.run({{}, static_cast<int>(drawn.count)}, drawn.first,
                                                                    table.data());
}

}  // namespace bakeoff

// The metrics that are finished from sums, for all slices at once.
#include <algorithm>
#include <limits>

#include "core/buffer.h"
#include "evaluate/device_rows.h"
#include "evaluate/slice_set.h"
#include "kernels/resample/pointwise_bootstrap_simd.h"
#include "kernels/slices/sliced_bootstrap.h"
#include "kernels/slices/sliced_sums.h"

namespace bakeoff {
namespace {

using kernels::Term;
using kernels::TermSums;

// Rows x columns x resamples between two questions whether to stop: about a second on two cores, and what a GPU's
// integer units should take for as long (not measured).
constexpr Index kProductsAtOnce = Index{1} << 34, kDeviceProductsAtOnce = Index{1} << 40;

const double* labels_of(const EvaluateInput& input, const MetricPass& pass) {
  for (const ValueColumn& column : input.values)
    if (!pass.column.empty() && column.name == pass.column) return column.values;
  return input.labels;
}

// What a pass reads on the GPU: rows with its labels, slices, and contexts whose shifts are there.
template <class T>
struct DevicePassRows {
  const DeviceRows& rows;
  DeviceSlices slices;
  kernels::DeviceArray<double> labels, error_shifts;
  std::vector<kernels::MetricContext> contexts;

  DevicePassRows(const EvaluateInput& input, const SliceSet& set, const PassSums& pass)
      : rows(*set.device),
        slices(rows, set),
        labels(pass.labels == input.labels ? kernels::DeviceArray<double>()
                                           : kernels::copy_to_device(rows.stream(), pass.labels, input.rows())),
        error_shifts(kernels::copy_to_device(rows.stream(),
                                             pass.error_shifts.empty() ? nullptr : pass.error_shifts.data(),
                                             static_cast<Index>(pass.error_shifts.size()))),
        contexts(pass.contexts) {
    for (kernels::MetricContext& context : contexts)
      if (context.error_shifts)
        context.error_shifts = error_shifts.data() + (context.error_shifts - pass.error_shifts.data());
  }
  kernels::ScoredRows<T> scored() const {
    kernels::ScoredRows<T> scored = rows.scored<T>();
    if (labels.data()) scored.labels.data = labels.data();
    return scored;
  }
};

// The kernel of sliced_sums.h where the rows are.
template <class T>
void sum_slices(const Execution& execution, const EvaluateInput& input, const kernels::ScoredRows<T>& rows,
                const SliceSet& set, PassSums& out, double* sums) {
  const kernels::TermSet terms = out.pass->terms;
  const Index columns = rows.candidates() * terms.count(), size = set.count() * columns;
  if (!set.device) {
    const Buffer<char> scratch(
        static_cast<Index>(kernels::sliced_sums_scratch_bytes(set.views.data(), set.count(), columns)));
    kernels::sliced_sums(execution.workers(), rows, set.views.data(), set.count(), terms, out.contexts.data(), sums,
                         out.largest.data(), scratch.data());
    return;
  }
  const DevicePassRows<T> device(input, set, out);
  const kernels::Stream stream = set.device->stream();
  const kernels::SliceRows* const views = device.slices.views().data();
  const kernels::DeviceArray<double> device_sums(size), device_largest(size);
  const kernels::DeviceArray<char> scratch(
      static_cast<Index>(kernels::sliced_sums_scratch_bytes(stream, rows.candidates(), terms, views, set.count())));
  kernels::sliced_sums(stream, device.scored(), views, set.count(), terms, device.contexts.data(), device_sums.data(),
                       device_largest.data(), scratch.data());
  device_sums.download(stream, sums, size);
  device_largest.download(stream, out.largest.data(), size);
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

  template <class T>
  void on_cpu(const kernels::ScoredRows<T>& rows, const kernels::Resamples& resamples, const std::uint8_t* drawn,
              kernels::ExactSum* totals) const {
    const kernels::ResampleUnits u = units.view();
    const Buffer<char> scratch(static_cast<Index>(kernels::sliced_bootstrap_scratch_bytes(
        execution.workers(), rows.candidates(), terms, set.views.data(), set.count(), u)));
    kernels::sliced_bootstrap(execution.workers(), rows, set.views.data(), set.count(), u, resamples, terms,
                              pass.contexts.data(), exponents.data(), totals, scratch.data(), drawn);
  }

  template <class T>
  void on_device(const kernels::Resamples& resamples, std::vector<kernels::ExactSum>& totals) const {
    const DevicePassRows<T> device(input, set, pass);
    const kernels::Stream stream = set.device->stream();
    const kernels::SliceRows* const views = device.slices.views().data();
    const auto device_exponents =
        kernels::copy_to_device(stream, exponents.data(), static_cast<Index>(exponents.size()));
    const auto device_totals = kernels::copy_to_device(stream, totals.data(), static_cast<Index>(totals.size()));
    const kernels::DeviceArray<char> scratch(static_cast<Index>(kernels::sliced_bootstrap_scratch_bytes(
        stream, input.candidates(), terms, views, set.count(), resamples.count)));
    kernels::sliced_bootstrap(stream, device.scored(), views, set.count(), set.device->units(), resamples, terms,
                              device.contexts.data(), device_exponents.data(), device_totals.data(), scratch.data());
    device_totals.download(stream, totals.data(), static_cast<Index>(totals.size()));
  }

  // Resamples [first, first + resamples.count): those of the law, or those of `drawn`.
  void run(kernels::Resamples resamples, Index first, const std::uint8_t* drawn) {
    std::vector<kernels::ExactSum> totals(static_cast<std::size_t>(resamples.count * set.count() * columns()));
    std::visit(
        [&]<class T>(const kernels::TensorView<const T, 2>& scores) {
          if (set.device && !drawn)
            on_device<T>(resamples, totals);
          else
            on_cpu(scored_rows(input, scores, pass), resamples, drawn, totals.data());
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
        sum_slices(execution, input, scored_rows(input, scores, out), set, out, sums.data());
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
  Index rows = 1;
  for (const kernels::SliceRows& view : set.views) rows += view.count;
  for (const PassSums& pass : sums) {
    Replicates replicates{execution, input, set, units, pass, plan, board};
    const Index columns = std::max<Index>(replicates.columns(), 1);
    const Index most = (set.device ? kDeviceProductsAtOnce : kProductsAtOnce) / rows / columns;
    const Index step = std::max(most / kernels::kTileResamples, Index{1}) * Index{kernels::kTileResamples};
    for (Index first = 0; first < options.resamples; first += step) {
      execution.check_stop();
      const auto count = static_cast<int>(std::min<Index>(step, options.resamples - first));
      replicates.run({kernels::RngKey::from_seed(options.seed), count, static_cast<std::uint32_t>(first)}, first,
                     nullptr);
    }
  }
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

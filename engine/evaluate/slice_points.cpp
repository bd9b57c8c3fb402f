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

using kernels::TermSums;

// Rows x columns x resamples between two questions whether to stop: about a second on two cores, and what a GPU's
// integer units should take for as long (not measured).
constexpr Index kProductsAtOnce = Index{1} << 34, kDeviceProductsAtOnce = Index{1} << 40;

template <class T>
kernels::ScoredRows<T> scored_rows(const EvaluateInput& input, const kernels::TensorView<const T, 2>& scores) {
  return {scores, kernels::vector_view(input.labels, input.rows()),
          input.weights ? kernels::vector_view(input.weights, input.rows()) : kernels::TensorView<const double, 1>{}};
}

// The centre of a slice's labels, from a copy of them: label_centre reads rows that lie side by side.
double label_shift(const EvaluateInput& input, const kernels::SliceRows& slice) {
  if (!slice.row) return kernels::label_centre(input.labels, input.weights, slice.count);
  std::vector<double> labels, weights;
  for (Index i = 0; i < slice.count; ++i) labels.push_back(input.labels[slice.row[i]]);
  for (Index i = 0; input.weights && i < slice.count; ++i) weights.push_back(input.weights[slice.row[i]]);
  return kernels::label_centre(labels.data(), input.weights ? weights.data() : nullptr, slice.count);
}

kernels::ResampleUnits resample_units(const UnitIndex& units) {
  if (units.by_row()) return kernels::ResampleUnits::rows(units.rows);
  return {units.count(), units.ids.data(), 0, nullptr};
}

// The kernel of sliced_sums.h where the rows are.
template <class T>
void sum_slices(const Execution& execution, const kernels::ScoredRows<T>& rows, const SliceSet& set,
                const SliceSums& of, double* sums, double* largest) {
  const Index columns = rows.candidates() * of.terms.count(), size = set.count() * columns;
  if (!set.device) {
    const Buffer<char> scratch(
        static_cast<Index>(kernels::sliced_sums_scratch_bytes(set.views.data(), set.count(), columns)));
    kernels::sliced_sums(execution.workers(), rows, set.views.data(), set.count(), of.terms, of.contexts.data(), sums,
                         largest, scratch.data());
    return;
  }
  const kernels::Stream stream = set.device->stream();
  const DeviceSlices slices(*set.device, set);
  const kernels::SliceRows* const views = slices.views().data();
  const kernels::DeviceArray<double> device_sums(size), device_largest(size);
  const kernels::DeviceArray<char> scratch(
      static_cast<Index>(kernels::sliced_sums_scratch_bytes(stream, rows.candidates(), of.terms, views, set.count())));
  kernels::sliced_sums(stream, set.device->scored<T>(), views, set.count(), of.terms, of.contexts.data(),
                       device_sums.data(), device_largest.data(), scratch.data());
  device_sums.download(stream, sums, size);
  device_largest.download(stream, largest, size);
}

// Everything that both laws need.
struct Replicates {
  const Execution& execution;
  const EvaluateInput& input;
  const SliceSet& set;
  const UnitIndex& units;
  const SliceSums& sums;
  const SlicePlan& plan;
  Scoreboard& board;
  std::vector<int> exponents;

  Replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set, const UnitIndex& units,
             const SliceSums& sums, const SlicePlan& plan, Scoreboard& board)
      : execution(execution), input(input), set(set), units(units), sums(sums), plan(plan), board(board) {
    for (const double largest : sums.largest) exponents.push_back(kernels::term_exponent(largest));
  }

  Index columns() const { return input.candidates() * sums.terms.count(); }

  template <class T>
  void on_cpu(const kernels::ScoredRows<T>& rows, kernels::Resamples resamples, const std::uint8_t* drawn,
              kernels::ExactSum* totals) const {
    const kernels::ResampleUnits u = resample_units(units);
    const Buffer<char> scratch(static_cast<Index>(kernels::sliced_bootstrap_scratch_bytes(
        execution.workers(), rows.candidates(), sums.terms, set.views.data(), set.count(), u)));
    kernels::sliced_bootstrap(execution.workers(), rows, set.views.data(), set.count(), u, resamples, sums.terms,
                              sums.contexts.data(), exponents.data(), totals, scratch.data(), drawn);
  }

  template <class T>
  void on_device(kernels::Resamples resamples, std::vector<kernels::ExactSum>& totals) const {
    const kernels::Stream stream = set.device->stream();
    const DeviceSlices slices(*set.device, set);
    const kernels::SliceRows* const views = slices.views().data();
    const auto device_exponents =
        kernels::copy_to_device(stream, exponents.data(), static_cast<Index>(exponents.size()));
    const auto device_totals = kernels::copy_to_device(stream, totals.data(), static_cast<Index>(totals.size()));
    const kernels::DeviceArray<char> scratch(static_cast<Index>(kernels::sliced_bootstrap_scratch_bytes(
        stream, input.candidates(), sums.terms, views, set.count(), resamples.count)));
    kernels::sliced_bootstrap(stream, set.device->scored<T>(), views, set.count(), set.device->resample_units(),
                              resamples, sums.terms, sums.contexts.data(), device_exponents.data(),
                              device_totals.data(), scratch.data());
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
            on_cpu(scored_rows(input, scores), resamples, drawn, totals.data());
        },
        input.scores);
    const auto cells = static_cast<Index>(board.cells.size());
    execution.workers().for_each(resamples.count, [&](Index b) {
      for (Index i = 0; i < set.count(); ++i)
        for (Index m = 0; m < input.candidates(); ++m) {
          const Index column = i * columns() + m * sums.terms.count();
          const TermSums state =
              kernels::replicate_sums(sums.terms, totals.data() + b * set.count() * columns() + column,
                                      exponents.data() + column, set.views[i].count);
          kernels::MetricContext context = sums.contexts[i];
          context.total_weight = sums.sums[i * input.candidates() + m][kernels::Term::weight];
          for (std::size_t k = 0; k < plan.metrics.size(); ++k)
            if (plan.is_sums(k))
              board.replicates[(first + b) * cells + board.index(m, set.slice[i], static_cast<Index>(k))] =
                  plan.finish(k, state, context).value;
        }
    });
  }
};

}  // namespace

SliceSums point_values(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                       const SlicePlan& plan, const EvaluateOptions& options, Scoreboard& board) {
  SliceSums out;
  out.terms = plan.terms;
  const Index terms = plan.terms.count(), m = input.candidates(), columns = m * terms;
  std::vector<double> sums(static_cast<std::size_t>(set.count() * columns));
  out.largest.resize(sums.size());
  out.contexts.resize(static_cast<std::size_t>(set.count()));
  std::visit(
      [&]<class T>(const kernels::TensorView<const T, 2>& scores) {
        execution.workers().for_each(set.count(), [&](Index i) {
          kernels::MetricContext& c = out.contexts[i];
          c.threshold = options.threshold;
          c.eps = std::numeric_limits<T>::epsilon();
          c.undefined = options.undefined;
          c.power = plan.power;
          c.like_sklearn = options.compat == "sklearn";
          if (plan.terms.has(kernels::Term::label)) c.label_shift = label_shift(input, set.views[i]);
        });
        sum_slices(execution, scored_rows(input, scores), set, out, sums.data(), out.largest.data());
      },
      input.scores);
  for (Index i = 0; i < set.count(); ++i)
    for (Index candidate = 0; candidate < m; ++candidate) {
      out.sums.push_back(
          kernels::unpack(plan.terms, sums.data() + i * columns + candidate * terms, set.views[i].count));
      for (std::size_t k = 0; k < plan.metrics.size(); ++k) {
        if (!plan.is_sums(k)) continue;
        const kernels::MetricValue value = plan.finish(k, out.sums.back(), out.contexts[i]);
        Cell& cell = board.cells[board.index(candidate, set.slice[i], static_cast<Index>(k))];
        cell.value = value.value;
        cell.reason = value.reason;
      }
    }
  return out;
}

void point_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const SliceSums& sums, const SlicePlan& plan,
                      const EvaluateOptions& options, Scoreboard& board) {
  Replicates replicates(execution, input, set, units, sums, plan, board);
  Index rows = 1;
  for (const kernels::SliceRows& view : set.views) rows += view.count;
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

void point_replicates(const Execution& execution, const EvaluateInput& input, const SliceSet& set,
                      const UnitIndex& units, const SliceSums& sums, const SlicePlan& plan, const DrawnTile& drawn,
                      Scoreboard& board) {
  constexpr Index kLanes = kernels::kTileResamples;
  std::vector<std::uint8_t> table(static_cast<std::size_t>(units.count() * kLanes));
  for (Index place = 0; place < units.count(); ++place)
    for (Index r = 0; r < drawn.count; ++r) table[place * kLanes + r] = drawn.counts[r * units.count() + place];
  Replicates(execution, input, set, units, sums, plan, board)
      .run({{}, static_cast<int>(drawn.count)}, drawn.first, table.data());
}

}  // namespace bakeoff

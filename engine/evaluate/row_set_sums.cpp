// Metrics that are finished from sums of terms.
#include <algorithm>

#include "core/buffer.h"
#include "evaluate/row_set_state.h"
#include "kernels/metrics/pointwise.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff {
namespace {

using kernels::MetricContext;
using kernels::Term;
using kernels::TermSums;
using kernels::Workers;

// One pass on its way.
template <class T>
struct Pass {
  RowSet<T>& set;
  const MetricPass& of;
  const double* labels;
  std::vector<double> error_shifts;
  MetricContext context;

  kernels::ScoredRows<T> rows() const {
    return {
        set.scores, kernels::vector_view(labels, set.n),
        set.input.weights ? kernels::vector_view(set.input.weights, set.n) : kernels::TensorView<const double, 1>{}};
  }
  kernels::MetricValue finish(std::size_t place, Index candidate, const TermSums& sums, MetricContext c) const {
    c = c.for_candidate(candidate);
    c.parameter = set.use(place).parameter;
    return kernels::finish(*set.use(place).metric, sums, c);
  }
};

const double* labels_of(const EvaluateInput& input, const std::string& column) {
  for (const ValueColumn& values : input.values)
    if (!column.empty() && values.name == column) return values.values;
  return input.labels;
}

template <class T>
Pass<T> make_pass(RowSet<T>& set, const MetricPass& of) {
  Pass<T> pass{set, of, labels_of(set.input, of.column), {}, set.context()};
  pass.context.power = of.power;
  if (of.terms.has(Term::label))
    pass.context.label_shift = kernels::label_centre(pass.labels, set.input.weights, set.n);
  if (of.terms.has(Term::error)) {
    for (Index i = 0; i < set.m; ++i) {
      const auto scores = set.scores_of(i);
      pass.error_shifts.push_back(
          kernels::error_centre(scores.data, scores.strides[0], pass.labels, set.input.weights, set.n));
    }
    pass.context.error_shifts = pass.error_shifts.data();
  }
  return pass;
}

template <class T>
void resample(Pass<T>& pass, const Buffer<double>& largest, const std::vector<double>& weights) {
  RowSet<T>& set = pass.set;
  const Index terms = pass.of.terms.count(), columns = set.m * terms;
  std::vector<int> exponents(static_cast<std::size_t>(columns));
  for (Index i = 0; i < columns; ++i) exponents[i] = kernels::term_exponent(largest[i]);
  std::vector<kernels::ExactSum> totals(static_cast<std::size_t>(set.options.resamples * columns));
  const std::vector<std::int32_t> of_row(set.units.of_row.begin(), set.units.of_row.end());
  kernels::ResampleUnits units = kernels::ResampleUnits::rows(set.n);
  if (!set.units.by_row()) units = {set.units.count(), set.units.ids.data(), 0, of_row.data()};
  const Workers& workers = set.execution.workers();
  Buffer<char> scratch(
      static_cast<Index>(kernels::pointwise_bootstrap_scratch_bytes(workers, set.m, set.n, pass.of.terms, units)));
  kernels::pointwise_bootstrap(workers, pass.rows(), units, {set.key(), set.options.resamples}, pass.of.terms,
                               pass.context, exponents.data(), totals.data(), scratch.data());
  workers.for_each(set.options.resamples, [&](Index b) {
    MetricContext context = pass.context;
    for (Index i = 0; i < set.m; ++i) {
      const TermSums sums = kernels::replicate_sums(pass.of.terms, totals.data() + b * columns + i * terms,
                                                    exponents.data() + i * terms, set.n);
      context.total_weight = weights[static_cast<std::size_t>(i)];
      for (const std::size_t place : pass.of.uses)
        set.replicate(b, i, place) = pass.finish(place, i, sums, context).value;
    }
  });
}

}  // namespace

template <class T>
void point_metrics(RowSet<T>& set) {
  for (const MetricPass& of : set.plan.passes) {
    Pass<T> pass = make_pass(set, of);
    const Index terms = of.terms.count(), columns = set.m * terms;
    Buffer<double> sums(columns), largest(columns);
    Buffer<char> scratch(static_cast<Index>(kernels::partials_bytes(columns, set.n)));
    kernels::pointwise_sums(set.execution.workers(), pass.rows(), of.terms, pass.context, sums.data(), largest.data(),
                            scratch.data());
    std::vector<double> weights;
    for (Index i = 0; i < set.m; ++i) {
      const TermSums state = kernels::unpack(of.terms, sums.data() + i * terms, set.n);
      weights.push_back(state[Term::weight]);
      for (const std::size_t place : of.uses) set.value(i, place) = pass.finish(place, i, state, pass.context);
    }
    if (set.options.resamples > 0 && set.n > 0) resample(pass, largest, weights);
  }
}

template void point_metrics(RowSet<float>&);
template void point_metrics(RowSet<double>&);

}  // namespace bakeoff

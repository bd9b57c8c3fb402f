#include "evaluate/class_row_set.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "evaluate/class_auc.h"
#include "evaluate/device_codes.h"
#include "kernels/metrics/code_sums.h"
#include "kernels/metrics/pointwise.h"
#include "kernels/resample/code_bootstrap.h"
#include "kernels/resample/pointwise_bootstrap.h"

namespace bakeoff {
namespace {

using kernels::ClassSource;
using kernels::ClassSums;
using kernels::ExactSum;
using kernels::MetricValue;
using kernels::TensorView;
using kernels::Term;

// Sums by code that are resampled at once: with 1,000 resamples they take 32 MiB.
constexpr Index kBlockSums = 2048;

template <class T>
struct ClassRowSet {
  const Execution& execution;
  const ClassInput& input;
  const ClassPlan& plan;
  const ClassColumns<T>& columns;
  const EvaluateOptions& options;
  const std::vector<std::int64_t>* picked;  // null: all rows
  Index n, m, k;
  UnitIndex units{};
  std::vector<double> weights{};
  RowSetResult result{};

  Index row(Index i) const { return picked ? (*picked)[static_cast<std::size_t>(i)] : i; }
  template <class V>
  void pick(const V* from, V* to) const {
    for (Index i = 0; i < n; ++i) to[i] = from[row(i)];
  }
  int resamples() const { return n > 0 ? options.resamples : 0; }
  const double* weight_data() const { return input.weights ? weights.data() : nullptr; }
  TensorView<const double, 1> weight_view() const {
    return input.weights ? kernels::vector_view(weight_data(), n) : TensorView<const double, 1>{};
  }

  // A row keeps its id, so that a slice sees the resamples of the whole.
  void index_units() {
    std::vector<std::int64_t> ids(input.units ? static_cast<std::size_t>(n) : 0);
    if (input.units) pick(input.units, ids.data());
    const std::int64_t* const given = input.units ? ids.data() : picked ? picked->data() : nullptr;
    units = make_unit_index(given, n);
  }
  kernels::Resamples draws() const { return {kernels::RngKey::from_seed(options.seed), resamples()}; }

  MetricValue& value(Index candidate, Index metric) { return result.values[candidate * k + metric]; }
  void keep(int resample, Index candidate, Index metric, const MetricValue& v) {
    if (resample < 0)
      value(candidate, metric) = v;
    else
      result.replicates[(resample * m + candidate) * k + metric] = v.value;
  }

  void run() {
    if (input.weights) {
      weights.resize(static_cast<std::size_t>(n));
      pick(input.weights, weights.data());
    }
    if (resamples() > 0) index_units();
    const Index block = std::clamp<Index>(kBlockSums / columns.layout.sums(), 1, m);
    for (Index first = 0; first < m; first += block) count(first, std::min(block, m - first));
    if (plan.log_loss) add_terms<T>(columns.probability, 1.0, Term::log_loss, ClassSource::log_loss);
    if (plan.squared) add_terms<double>(columns.squared, 0.0, Term::absolute_error, ClassSource::squared);
    if (plan.ordered)
      for (Index candidate = 0; candidate < m; ++candidate) rank(candidate);
  }

  // ---- sums by code ----
  void count(Index first_candidate, Index candidates) {
    execution.check_stop();
    const ClassLayout& layout = columns.layout;
    const Index each = layout.columns(), all = candidates * each;
    Buffer<std::int16_t> codes(picked ? all * n : 0);
    const std::int16_t* const from = columns.codes.data() + first_candidate * each * columns.rows;
    if (picked)
      execution.workers().for_each(all, [&](Index j) { pick(from + j * columns.rows, codes.data() + j * n); });
    std::vector<Index> first{0};
    for (Index j = 0; j < all; ++j) first.push_back(first.back() + layout.width(j % each));
    const kernels::CodedRows rows{kernels::matrix_view<const std::int16_t>(picked ? codes.data() : from, all, n),
                                  first.data(), first.back(), weight_view()};
    const auto device = execution.device() == Device::cuda && n > 0 ? std::make_unique<DeviceCodes>(rows) : nullptr;
    std::vector<double> sums(static_cast<std::size_t>(rows.sums));
    Buffer<char> scratch(
        static_cast<Index>(std::max(kernels::code_sums_scratch_bytes(rows.sums, n),
                                    kernels::code_bootstrap_scratch_bytes(execution.workers(), rows))));
    if (device)
      device->sums(sums.data());
    else
      kernels::code_sums(execution.workers(), rows, sums.data(), scratch.data());
    for (Index c = 0; c < candidates; ++c) finish(-1, first_candidate + c, sums.data() + c * layout.sums());
    if (resamples() == 0) return;
    const double largest = input.weights && n > 0 ? *std::max_element(weights.begin(), weights.end()) : 0;
    const int exponent = input.weights ? kernels::term_exponent(largest) : kernels::kCountExponent;
    std::vector<ExactSum> totals(static_cast<std::size_t>(resamples() * rows.sums));
    if (device)
      device->bootstrap(units.view(), draws(), exponent, totals.data());
    else
      kernels::code_bootstrap(execution.workers(), rows, units.view(), draws(), exponent, totals.data(),
                              scratch.data());
    execution.workers().for_each(resamples(), [&](Index b) {
      std::vector<double> replicate(static_cast<std::size_t>(rows.sums));
      for (Index s = 0; s < rows.sums; ++s) replicate[s] = kernels::value_of(totals[b * rows.sums + s], exponent);
      for (Index c = 0; c < candidates; ++c)
        finish(static_cast<int>(b), first_candidate + c, replicate.data() + c * layout.sums());
    });
  }

  // All metrics that need nothing but sums by code.
  void finish(int resample, Index candidate, const double* sums) {
    const auto classes = static_cast<std::size_t>(columns.layout.classes);
    std::vector<double> actual(classes), predicted(classes), hit(classes);
    ClassSums s;
    s.classes = columns.layout.classes;
    s.multilabel = columns.layout.multilabel;
    s.rows = n;
    for (std::size_t c = 0; c < classes; ++c) {
      if (s.multilabel) {
        const double* cells = sums + ClassLayout::kCells * c;
        hit[c] = cells[ClassLayout::kTruePositive];
        predicted[c] = hit[c] + cells[ClassLayout::kFalsePositive];
        actual[c] = hit[c] + cells[ClassLayout::kFalseNegative];
      } else {
        predicted[c] = sums[c];
        hit[c] = sums[classes + c];
        actual[c] = hit[c] + sums[2 * classes + c];
        s.exact += hit[c];
        s.weight += actual[c];
      }
    }
    if (s.multilabel) {
      s.exact = sums[ClassLayout::kCells * classes];
      s.weight = s.exact + sums[ClassLayout::kCells * classes + 1];
    }
    s.actual = actual.data();
    s.predicted = predicted.data();
    s.hit = hit.data();
    for (Index j = 0; j < k; ++j) {
      const ClassPlan::Entry& entry = plan.metrics[static_cast<std::size_t>(j)];
      if (entry.metric->source == ClassSource::top) s.top = sums[3 * classes + static_cast<std::size_t>(entry.top)];
      if (entry.metric->source == ClassSource::counts || entry.metric->source == ClassSource::top)
        keep(resample, candidate, j, kernels::finish(*entry.metric, s, options.undefined));
    }
  }

  // ---- means of a term of each row ----
  template <class V>
  void add_terms(const Buffer<V>& all, double label, Term term, ClassSource source) {
    execution.check_stop();
    Buffer<V> values(picked ? m * n : 0);
    if (picked)
      for (Index i = 0; i < m; ++i) pick(all.data() + i * columns.rows, values.data() + i * n);
    const std::vector<double> labels(static_cast<std::size_t>(n), label);
    const kernels::ScoredRows<V> rows{kernels::matrix_view<const V>(picked ? values.data() : all.data(), m, n),
                                      kernels::vector_view(labels.data(), n), weight_view()};
    const kernels::TermSet terms(Term::weight, term);
    kernels::MetricContext context;
    context.eps = std::numeric_limits<T>::epsilon();
    std::vector<double> sums(static_cast<std::size_t>(2 * m)), largest(sums.size());
    Buffer<char> scratch(static_cast<Index>(kernels::partials_bytes(2 * m, n)));
    kernels::pointwise_sums(execution.workers(), rows, terms, context, sums.data(), largest.data(), scratch.data());
    for (Index i = 0; i < m; ++i) finish_term(-1, i, kernels::unpack(terms, sums.data() + 2 * i, n), term, source);
    if (resamples() == 0) return;
    std::vector<int> exponents;
    for (const double size : largest) exponents.push_back(kernels::term_exponent(size));
    std::vector<ExactSum> totals(static_cast<std::size_t>(resamples() * 2 * m));
    const kernels::ResampleUnits drawn = units.view();
    Buffer<char> room(
        static_cast<Index>(kernels::pointwise_bootstrap_scratch_bytes(execution.workers(), m, n, terms, drawn)));
    kernels::pointwise_bootstrap(execution.workers(), rows, drawn, draws(), terms, context, exponents.data(),
                                 totals.data(), room.data());
    for (int b = 0; b < resamples(); ++b)
      for (Index i = 0; i < m; ++i)
        finish_term(b, i, kernels::replicate_sums(terms, &totals[(b * m + i) * 2], &exponents[2 * i], n), term, source);
  }

  void finish_term(int resample, Index candidate, const kernels::TermSums& sums, Term term, ClassSource source) {
    ClassSums s;
    s.rows = n;
    s.weight = sums[Term::weight];
    s.log_loss = s.squared = sums[term];
    for (Index j = 0; j < k; ++j)
      if (plan.metrics[static_cast<std::size_t>(j)].metric->source == source)
        keep(resample, candidate, j,
             kernels::finish(*plan.metrics[static_cast<std::size_t>(j)].metric, s, options.undefined));
  }

  // ---- means of AUCs ----
  void rank(Index candidate) {
    const auto& scores = std::get<TensorView<const T, 3>>(input.scores);
    const Index classes = columns.layout.classes;
    const ClassRanker<T> ranker{execution,
                                units,
                                weight_data(),
                                options.seed,
                                resamples(),
                                n,
                                static_cast<int>(classes),
                                [&](int c, T* out) {
                                  for (Index i = 0; i < n; ++i) out[i] = scores(candidate, row(i), c);
                                },
                                [&](int c, Index i) {
                                  return columns.layout.multilabel ? input.label_matrix[row(i) * classes + c] != 0
                                                                   : input.labels[row(i)] == c;
                                }};
    const auto wants = [&](std::initializer_list<const kernels::ClassMetric*> metrics) {
      return std::any_of(plan.metrics.begin(), plan.metrics.end(), [&](const ClassPlan::Entry& entry) {
        return std::find(metrics.begin(), metrics.end(), entry.metric) != metrics.end();
      });
    };
    using namespace kernels;
    if (wants({&kRocAucOvr, &kRocAucMacro, &kRocAucOvrWeighted, &kRocAucWeighted})) {
      const AucMeans means = ranker.against_rest();
      keep_means(candidate, means, {&kRocAucOvr, &kRocAucMacro}, false);
      keep_means(candidate, means, {&kRocAucOvrWeighted, &kRocAucWeighted}, true);
    }
    if (wants({&kRocAucOvo, &kRocAucOvoWeighted})) {
      const AucMeans means = ranker.pairs();
      keep_means(candidate, means, {&kRocAucOvo}, false);
      keep_means(candidate, means, {&kRocAucOvoWeighted}, true);
    }
  }

  void keep_means(Index candidate, const AucMeans& means, std::initializer_list<const kernels::ClassMetric*> metrics,
                  bool weighted) {
    for (Index j = 0; j < k; ++j) {
      const auto* metric = plan.metrics[static_cast<std::size_t>(j)].metric;
      if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end()) continue;
      for (int b = -1; b < resamples(); ++b) keep(b, candidate, j, weighted ? means.weighted(b) : means.even(b));
    }
  }
};

}  // namespace

template <class T>
RowSetResult evaluate_class_rows(const Execution& execution, const ClassInput& input, const ClassPlan& plan,
                                 const ClassColumns<T>& columns, const std::vector<std::int64_t>* rows,
                                 const EvaluateOptions& options) {
  ClassRowSet<T> set{execution,
                     input,
                     plan,
                     columns,
                     options,
                     rows,
                     rows ? static_cast<Index>(rows->size()) : columns.rows,
                     columns.candidates,
                     static_cast<Index>(plan.metrics.size())};
  set.result.values.resize(static_cast<std::size_t>(set.m * set.k));
  set.result.replicates.assign(static_cast<std::size_t>(options.resamples * set.m * set.k), kNaN);
  set.run();
  return std::move(set.result);
}

template RowSetResult evaluate_class_rows(const Execution&, const ClassInput&, const ClassPlan&,
                                          const ClassColumns<float>&, const std::vector<std::int64_t>*,
                                          const EvaluateOptions&);
template RowSetResult evaluate_class_rows(const Execution&, const ClassInput&, const ClassPlan&,
                                          const ClassColumns<double>&, const std::vector<std::int64_t>*,
                                          const EvaluateOptions&);

}  // namespace bakeoff

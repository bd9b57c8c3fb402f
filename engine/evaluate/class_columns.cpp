#include "evaluate/class_columns.h"

#include <algorithm>

#include "evaluate/metric_name.h"

namespace bakeoff {
namespace {

using kernels::ClassMetric;
using kernels::ClassSource;
using kernels::ClassTask;
using kernels::TensorView;

constexpr int kUsualTop = 2;  // scikit-learn's

ClassTask task_of(bool multilabel) { return multilabel ? ClassTask::multilabel : ClassTask::multiclass; }

// The metric and its k, which is kUsualTop or none unless the name has one.
std::pair<const ClassMetric*, int> parse_metric(const MetricName& name, bool multilabel) {
  const ClassMetric* metric = kernels::find_class_metric(name.base, task_of(multilabel));
  if (!metric) name.fail_unknown(multilabel ? "task multilabel" : "task multiclass", known_class_metrics(multilabel));
  name.refuse_column();
  if (metric->source != ClassSource::top) {
    name.refuse_parameter();
    return {metric, 0};
  }
  const int k = name.parameter ? static_cast<int>(name.number("k, a whole number of at least 1,", is_positive_integer))
                               : kUsualTop;
  return {metric, k};
}

template <class T>
TensorView<const T, 2> of_candidate(const TensorView<const T, 3>& scores, Index m) {
  return {scores.data + m * scores.strides[0],
          {scores.extents[1], scores.extents[2]},
          {scores.strides[1], scores.strides[2]},
          scores.device};
}

template <class T>
void fill_classes(const Execution& execution, const ClassInput& input, const TensorView<const T, 3>& scores,
                  const ClassPlan& plan, ClassColumns<T>& out) {
  const Index n = out.rows;
  Buffer<std::int32_t> above(plan.tops.empty() ? 0 : n);
  for (Index m = 0; m < out.candidates; ++m) {
    execution.check_stop();
    std::int16_t* const codes = out.codes.data() + m * out.layout.columns() * n;
    kernels::class_rows<T>(execution.workers(), {of_candidate(scores, m), input.labels},
                           {codes, codes + n, plan.tops.empty() ? nullptr : above.data(),
                            plan.log_loss ? out.probability.data() + m * n : nullptr,
                            plan.squared ? out.squared.data() + m * n : nullptr});
    for (std::size_t t = 0; t < plan.tops.size(); ++t)
      for (Index i = 0; i < n; ++i) codes[(2 + static_cast<Index>(t)) * n + i] = above[i] < plan.tops[t] ? 0 : -1;
  }
}

template <class T>
void fill_labels(const Execution& execution, const ClassInput& input, const TensorView<const T, 3>& scores,
                 double threshold, ClassColumns<T>& out) {
  const Index n = out.rows, labels = out.layout.classes, chunks = kernels::chunk_count(n);
  execution.workers().for_each(out.candidates * chunks, [&](Index item) {
    const Index m = item / chunks, begin = item % chunks * kernels::kChunkRows;
    std::int16_t* const codes = out.codes.data() + m * out.layout.columns() * n;
    for (Index i = begin; i < std::min(n, begin + kernels::kChunkRows); ++i) {
      bool exact = true;
      for (Index l = 0; l < labels; ++l) {
        const bool truth = input.label_matrix[i * labels + l] != 0;
        const bool predicted = static_cast<double>(scores(m, i, l)) >= threshold;
        exact = exact && truth == predicted;
        codes[l * n + i] =
            static_cast<std::int16_t>(predicted ? (truth ? ClassLayout::kTruePositive : ClassLayout::kFalsePositive)
                                                : (truth ? int{ClassLayout::kFalseNegative} : -1));
      }
      codes[labels * n + i] = exact ? 0 : 1;
    }
  });
}

}  // namespace

std::vector<std::string> known_class_metrics(bool multilabel) {
  std::vector<std::string> names;
  for (const ClassMetric* metric : kernels::kClassMetrics)
    if (metric->task == ClassTask::both || metric->task == task_of(multilabel)) names.emplace_back(metric->name);
  return names;
}

Direction class_metric_direction(const std::string& metric) {
  return make_class_plan({metric}, false).metrics[0].metric->direction;
}

ClassPlan make_class_plan(const std::vector<std::string>& given, bool multilabel) {
  ClassPlan plan;
  plan.names = given;
  if (plan.names.empty())
    plan.names = multilabel ? std::vector<std::string>{"f1_macro", "f1_micro", "accuracy", "hamming_loss"}
                            : std::vector<std::string>{"accuracy", "balanced_accuracy", "f1_macro", "log_loss"};
  for (const std::string& text : plan.names) {
    const MetricName name(text);
    const auto [metric, k] = parse_metric(name, multilabel);
    ClassPlan::Entry entry{metric};
    if (k > 0) {
      entry.top = static_cast<int>(std::find(plan.tops.begin(), plan.tops.end(), k) - plan.tops.begin());
      if (entry.top == static_cast<int>(plan.tops.size())) plan.tops.push_back(k);
    }
    for (std::size_t other = 0; other < plan.metrics.size(); ++other)
      if (plan.metrics[other].metric == metric && plan.metrics[other].top == entry.top)
        name.fail_twice(plan.names[other]);
    plan.metrics.push_back(entry);
    plan.log_loss |= metric->source == ClassSource::log_loss;
    plan.squared |= metric->source == ClassSource::squared;
    plan.ordered |= metric->source == ClassSource::ordered;
  }
  return plan;
}

Index ClassLayout::width(Index column) const {
  if (multilabel) return column < classes ? kCells : 2;
  return column == 0 ? classes : column == 1 ? 2 * classes : 1;
}

template <class T>
ClassColumns<T> make_class_columns(const Execution& execution, const ClassInput& input, const ClassPlan& plan,
                                   double threshold) {
  const auto& scores = std::get<TensorView<const T, 3>>(input.scores);
  ClassColumns<T> out{{input.multilabel(), static_cast<int>(input.classes()), static_cast<int>(plan.tops.size())},
                      input.candidates(),
                      input.rows(),
                      {},
                      {},
                      {}};
  out.codes = Buffer<std::int16_t>(out.candidates * out.layout.columns() * out.rows);
  if (plan.log_loss) out.probability = Buffer<T>(out.candidates * out.rows);
  if (plan.squared) out.squared = Buffer<double>(out.candidates * out.rows);
  if (input.multilabel())
    fill_labels(execution, input, scores, threshold, out);
  else
    fill_classes(execution, input, scores, plan, out);
  return out;
}

template ClassColumns<float> make_class_columns(const Execution&, const ClassInput&, const ClassPlan&, double);
template ClassColumns<double> make_class_columns(const Execution&, const ClassInput&, const ClassPlan&, double);

}  // namespace bakeoff

#include "evaluate/class_columns.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/text.h"

namespace bakeoff {
namespace {

using kernels::ClassMetric;
using kernels::ClassSource;
using kernels::ClassTask;
using kernels::TensorView;

constexpr int kUsualTop = 2;  // scikit-learn's

ClassTask task_of(bool multilabel) { return multilabel ? ClassTask::multilabel : ClassTask::multiclass; }

int parse_top(const std::string& name, std::size_t at) {
  if (at == std::string::npos) return kUsualTop;
  int k = 0;
  const char* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + at + 1, end, k);
  if (read.ec != std::errc() || read.ptr != end || k < 1)
    throw SpecError("metrics: '" + printable(name) + "': expected a number of at least 1 after the @");
  return k;
}

ClassPlan::Entry parse_metric(const std::string& name, bool multilabel, std::vector<int>& tops) {
  const std::size_t at = name.find('@');
  const ClassMetric* metric = kernels::find_class_metric(name.substr(0, at), task_of(multilabel));
  if (!metric || (at != std::string::npos && metric->source != ClassSource::top))
    throw SpecError("metrics: '" + printable(name) + "' is not a metric of task " +
                    (multilabel ? "multilabel" : "multiclass") + hint(name, known_class_metrics(multilabel)));
  if (metric->source != ClassSource::top) return {metric};
  const int k = parse_top(name, at);
  auto found = std::find(tops.begin(), tops.end(), k);
  if (found == tops.end()) found = tops.insert(tops.end(), k);
  return {metric, static_cast<int>(found - tops.begin())};
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
  for (const std::string& name : plan.names) {
    if (std::count(plan.names.begin(), plan.names.end(), name) > 1)
      throw SpecError("metrics: '" + printable(name) + "' is named twice");
    const ClassPlan::Entry entry = parse_metric(name, multilabel, plan.tops);
    plan.metrics.push_back(entry);
    plan.log_loss |= entry.metric->source == ClassSource::log_loss;
    plan.squared |= entry.metric->source == ClassSource::squared;
    plan.ordered |= entry.metric->source == ClassSource::ordered;
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

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>

#include "bind.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/evaluate.h"
#include "train/array_fit.h"
#include "train/multiclass_scores.h"

namespace bakeoff {
namespace {

using Doubles = py::array_t<double, py::array::c_style>;
using Ids = py::array_t<std::int32_t, py::array::c_style>;
using Parameters = std::vector<std::map<std::string, double>>;

template <class T>
kernels::TensorView<const T, 2> matrix(const py::array& x) {
  const auto size = static_cast<py::ssize_t>(sizeof(T));
  return {static_cast<const T*>(x.data()),
          {x.shape(0), x.shape(1)},
          {x.strides(0) / size, x.strides(1) / size},
          Device::cpu};
}

ArrayView view(const py::array& x) {
  if (x.ndim() != 2) throw DataError("X: expected shape (N, D), got " + std::to_string(x.ndim()) + " dimensions");
  if (py::isinstance<py::array_t<float>>(x)) return matrix<float>(x);
  return matrix<double>(x);
}

// A metric of the catalog on one fold's rows.
HeldOutMetric held_out(const std::string& name, Task task) {
  EvaluateOptions options;
  options.task = task;
  options.metrics = {name};
  const std::vector<std::string> known = known_metrics(task);
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw SpecError("scoring: '" + name + "' is not a metric of this family's task" + hint(name, known));
  return {name, [options](const double* scores, const double* labels, const double* weights, Index rows) {
            EvaluateInput input;
            input.scores = kernels::matrix_view(scores, 1, rows);
            input.labels = labels;
            input.weights = weights;
            return evaluate(Execution(Device::cpu, 1), input, options).cells[0].value;
          }};
}

HeldOutMetric held_out_of_classes(const std::string& name, int classes) {
  const std::vector<std::string> known = {"accuracy", "log_loss"};
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw SpecError("scoring: '" + name + "' is not a metric of more than two classes" + hint(name, known));
  const auto metric = name == "accuracy" ? multiclass_accuracy : multiclass_log_loss;
  return {name, [metric, classes](const double* scores, const double* labels, const double* weights, Index rows) {
            return metric(scores, labels, weights, rows, classes);
          }};
}

const char* text(FitStatus status) {
  return status == FitStatus::converged ? "converged" : status == FitStatus::diverged ? "diverged" : "iteration_limit";
}

const char* link_name(LinearModel::Link link) {
  return link == LinearModel::Link::identity ? "identity" : link == LinearModel::Link::log ? "log" : "logistic";
}

py::dict model(const ArrayModel& m) {
  py::dict out;
  out["status"] = text(m.status);
  out["reason"] = m.reason;
  out["iterations"] = m.iterations;
  out["objective"] = m.objective;
  const auto outputs = static_cast<py::ssize_t>(m.intercepts.size());
  const auto size = static_cast<py::ssize_t>(m.coefficients.size());
  if (outputs > 1) {
    out["coefficients"] = py::array_t<double>({outputs, size / outputs}, m.coefficients.data());
    out["intercept"] = py::array_t<double>(outputs, m.intercepts.data());
  } else {
    out["coefficients"] = py::array_t<double>(size, m.coefficients.data());
    out["intercept"] = m.intercepts.empty() ? kNaN : m.intercepts[0];
  }
  return out;
}

py::dict fit(const py::array& x, const Doubles& y, const std::string& family, const Parameters& candidates, int classes,
             const std::optional<Ids>& folds, int fold_count, const std::optional<Doubles>& weights,
             const std::string& scoring, const std::string& device, int threads, bool out_of_fold) {
  ArrayInput input;
  input.x = view(x);
  if (y.size() != x.shape(0) || (folds && folds->size() != y.size()) || (weights && weights->size() != y.size()))
    throw DataError("fit: expected " + std::to_string(x.shape(0)) + " labels, fold ids and weights, one a row of X");
  input.labels = y.data();
  if (weights) input.weights = weights->data();
  if (folds) input.folds = folds->data();
  input.fold_count = fold_count;
  input.classes = classes;
  const Family& known = find_family(family);
  const char* usual = known.task != Task::binary ? "r2" : classes > 2 ? "accuracy" : "roc_auc";
  const std::string metric_name = scoring.empty() ? usual : scoring;
  const HeldOutMetric metric = known.task == Task::binary && classes > 2 ? held_out_of_classes(metric_name, classes)
                                                                         : held_out(metric_name, known.task);
  Execution execution(parse_device(device), threads);
  execution.set_stop_check(interrupted_by_python);
  ArrayFit result;
  std::vector<double> scores_out_of_fold;
  {
    py::gil_scoped_release release;
    result = fit_arrays(execution, input, family, candidates, folds ? &metric : nullptr);
    if (out_of_fold && folds) scores_out_of_fold = out_of_fold_arrays(execution, result, input);
  }
  const auto m = static_cast<py::ssize_t>(candidates.size());
  py::dict out;
  py::list models;
  for (const ArrayModel& each : result.models) models.append(model(each));
  out["models"] = models;
  out["scoring"] = metric_name;
  out["maximize"] = metric_direction(metric_name) == Direction::maximize;
  out["link"] = link_name(known.link);
  out["scores"] = py::array_t<double>({m, static_cast<py::ssize_t>(fold_count)}, result.scores.data());
  std::vector<py::ssize_t> shape = {m, static_cast<py::ssize_t>(y.size())};
  if (result.outputs > 1) shape.push_back(result.outputs);
  out["out_of_fold"] =
      scores_out_of_fold.empty() ? py::object(py::none()) : py::array_t<double>(shape, scores_out_of_fold.data());
  return out;
}

}  // namespace

void bind_fit(py::module_& m) {
  m.def("fit", &fit, py::kw_only(), py::arg("x"), py::arg("y"), py::arg("family"), py::arg("candidates"),
        py::arg("classes"), py::arg("folds"), py::arg("fold_count"), py::arg("weights"), py::arg("scoring"),
        py::arg("device"), py::arg("threads"), py::arg("out_of_fold"));
}

}  // namespace bakeoff

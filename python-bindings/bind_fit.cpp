#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "bind.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/evaluate.h"
#include "train/array_fit.h"

namespace bakeoff {
namespace {

using Doubles = py::array_t<double, py::array::c_style>;
using Ids = py::array_t<std::int32_t, py::array::c_style>;
using Rows = py::array_t<Index, py::array::c_style | py::array::forcecast>;
using SplitRows = std::vector<std::pair<Rows, Rows>>;
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

const char* text(FitStatus status) {
  return status == FitStatus::converged ? "converged" : status == FitStatus::diverged ? "diverged" : "iteration_limit";
}

py::dict model(const ArrayModel& m) {
  py::dict out;
  out["status"] = text(m.status);
  out["reason"] = m.reason;
  out["iterations"] = m.iterations;
  out["objective"] = m.objective;
  out["coefficients"] = py::array_t<double>(static_cast<py::ssize_t>(m.coefficients.size()), m.coefficients.data());
  out["intercept"] = m.intercept;
  return out;
}

std::vector<Split> as_splits(const SplitRows& given) {
  std::vector<Split> out;
  for (const auto& [train, test] : given) out.push_back({{train.data(), train.size()}, {test.data(), test.size()}});
  return out;
}

// Told while the batch trains, by the thread that called fit.
TrainProgress told_to(const std::optional<py::function>& callback) {
  if (!callback) return {};
  return [&callback](int done, int all) {
    const py::gil_scoped_acquire acquire;
    (*callback)(done, all);
  };
}

py::dict as_python(const ArrayFit& fit, const std::vector<HeldOutMetric>& metrics, std::size_t candidates,
                   bool fold_models) {
  py::dict out;
  py::list models, folds, iterations, maximize, names;
  for (const ArrayModel& each : fit.models) models.append(model(each));
  if (fold_models)
    for (const ArrayModel& each : fit.fold_models) folds.append(model(each));
  for (const ArrayModel& each : fit.fold_models) iterations.append(each.iterations);
  for (const HeldOutMetric& metric : metrics) {
    names.append(metric.name);
    maximize.append(metric_direction(metric.name) == Direction::maximize);
  }
  out["models"] = models;
  out["fold_models"] = folds;
  out["fold_iterations"] = iterations;
  out["scoring"] = names;
  out["maximize"] = maximize;
  out["logistic"] = fit.family->link == LinearModel::Link::logistic;
  const auto k = static_cast<py::ssize_t>(metrics.size()), m = static_cast<py::ssize_t>(candidates);
  const auto f = static_cast<py::ssize_t>(candidates ? fit.fold_models.size() / candidates : 0);
  out["scores"] = py::array_t<double>({k, m, f}, fit.scores.data());
  return out;
}

py::dict fit(const py::array& x, const Doubles& y, const std::string& family, const Parameters& candidates,
             const std::optional<Ids>& folds, int fold_count, const std::optional<SplitRows>& splits,
             const std::optional<Doubles>& weights, const std::optional<Doubles>& metric_weights,
             std::vector<std::string> scoring, const std::string& device, int threads, bool out_of_fold, bool all_rows,
             bool fold_models, const std::optional<py::function>& progress) {
  ArrayInput input;
  input.x = view(x);
  if (y.size() != x.shape(0) || (folds && folds->size() != y.size()) || (weights && weights->size() != y.size()) ||
      (metric_weights && metric_weights->size() != y.size()))
    throw DataError("fit: expected " + std::to_string(x.shape(0)) + " labels, fold ids and weights, one a row of X");
  input.labels = y.data();
  if (weights) input.weights = weights->data();
  if (metric_weights) input.metric_weights = metric_weights->data();
  if (folds) input.folds = folds->data();
  input.fold_count = fold_count;
  const std::vector<Split> rows = splits ? as_splits(*splits) : std::vector<Split>{};
  if (splits) input.splits = &rows;
  input.all_rows = all_rows;
  const Family& known = find_family(family);
  if (scoring.empty()) scoring.push_back(known.task == Task::binary ? "roc_auc" : "r2");
  std::vector<HeldOutMetric> metrics;
  for (const std::string& name : scoring) metrics.push_back(held_out(name, known.task));
  Execution execution(parse_device(device), threads);
  execution.set_stop_check(interrupted_by_python);
  const TrainProgress told = told_to(progress);
  ArrayFit result;
  std::vector<double> scores_out_of_fold;
  const auto start = std::chrono::steady_clock::now();
  {
    py::gil_scoped_release release;
    result = fit_arrays(execution, input, family, candidates, metrics, told);
    if (out_of_fold && (folds || splits)) scores_out_of_fold = out_of_fold_arrays(execution, result, input);
  }
  py::dict out = as_python(result, metrics, candidates.size(), fold_models);
  out["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  out["out_of_fold"] =
      scores_out_of_fold.empty()
          ? py::object(py::none())
          : py::array_t<double>({static_cast<py::ssize_t>(candidates.size()), y.size()}, scores_out_of_fold.data());
  return out;
}

}  // namespace

void bind_fit(py::module_& m) {
  m.def("fit", &fit, py::kw_only(), py::arg("x"), py::arg("y"), py::arg("family"), py::arg("candidates"),
        py::arg("folds"), py::arg("fold_count"), py::arg("splits"), py::arg("weights"), py::arg("metric_weights"),
        py::arg("scoring"), py::arg("device"), py::arg("threads"), py::arg("out_of_fold"), py::arg("all_rows"),
        py::arg("fold_models"), py::arg("progress"));
}

}  // namespace bakeoff

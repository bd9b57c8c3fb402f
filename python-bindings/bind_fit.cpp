#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <tuple>
#include <variant>

#include "bind.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/class_evaluate.h"
#include "evaluate/evaluate.h"
#include "evaluate/metric_plan.h"
#include "train/array_memory.h"

namespace bakeoff {
namespace {

using Doubles = py::array_t<double, py::array::c_style>;
using Ids = py::array_t<std::int32_t, py::array::c_style>;
using Rows = py::array_t<Index, py::array::c_style | py::array::forcecast>;
using SplitRows = std::vector<std::pair<Rows, Rows>>;
using Parameters = std::vector<std::map<std::string, double>>;
using Starts = py::array_t<std::int64_t, py::array::c_style>;
using Csr = std::tuple<py::array, Ids, Starts, int>;  // values, columns, where rows start, number of columns

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

// The arrays of a scipy.sparse CSR matrix: sorted out by _fit.py, checked here, because a wrong one would be read out
// of bounds.
kernels::SparseRowsView view(const Csr& x) {
  const auto& [values, indices, starts, columns] = x;
  kernels::SparseRowsView rows;
  rows.rows = starts.size() - 1;
  rows.columns = columns;
  rows.starts = starts.data();
  rows.indices = indices.data();
  rows.values = values.data();
  const bool narrow = py::isinstance<py::array_t<float>>(values);
  rows.scalar = narrow ? kernels::SparseRowsView::Scalar::f32 : kernels::SparseRowsView::Scalar::f64;
  if (starts.size() < 1 || rows.starts[0] != 0 || rows.starts[rows.rows] != indices.size() ||
      values.size() != indices.size())
    throw DataError("X: expected a CSR matrix whose indptr counts its indices and data");
  for (Index i = 0; i < rows.rows; ++i) {
    bool good = rows.starts[i] <= rows.starts[i + 1] && rows.starts[i + 1] <= indices.size();
    for (Index e = rows.starts[i]; good && e < rows.starts[i + 1]; ++e)
      good = rows.indices[e] >= 0 && rows.indices[e] < columns &&
             (e == rows.starts[i] || rows.indices[e - 1] < rows.indices[e]);
    if (!good)
      throw DataError("X, row " + std::to_string(i) + ": expected ascending columns in [0, " + std::to_string(columns) +
                      "), each once");
  }
  return rows;
}

// A metric of the catalog on one fold's rows.
HeldOutMetric held_out(const std::string& name, Task task) {
  EvaluateOptions options;
  options.task = task;
  options.metrics = {name};
  find_metric(name, task);  // else a SpecError
  return {name,
          [options](const double* scores, const double* labels, const double* weights, Index rows) {
            EvaluateInput input;
            input.scores = kernels::matrix_view(scores, 1, rows);
            input.labels = labels;
            input.weights = weights;
            return evaluate(Execution(Device::cpu, 1), input, options).cells[0].value;
          },
          metric_direction(name) == Direction::maximize};
}

// The same of more than two classes: scores are rows x classes.
HeldOutMetric held_out_of_classes(const std::string& name, int classes) {
  EvaluateOptions options;
  options.metrics = {name};
  const bool maximize = class_metric_direction(name) == Direction::maximize;
  return {name,
          [options, classes](const double* scores, const double* labels, const double* weights, Index rows) {
            const std::vector<std::int32_t> codes(labels, labels + rows);
            ClassInput input;
            input.scores = kernels::TensorView<const double, 3>{
                scores, {1, rows, classes}, {rows * classes, classes, 1}, Device::cpu};
            input.labels = codes.data();
            input.weights = weights;
            return evaluate_classes(Execution(Device::cpu, 1), input, options).cells[0].value;
          },
          maximize};
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

std::vector<HeldOutMetric> metrics_of(const Family& family, std::vector<std::string> scoring, int classes) {
  const bool many = family.task == Task::binary && classes > 2;
  if (scoring.empty()) scoring.push_back(family.task != Task::binary ? "r2" : many ? "accuracy" : "roc_auc");
  std::vector<HeldOutMetric> metrics;
  for (const std::string& name : scoring)
    metrics.push_back(many ? held_out_of_classes(name, classes) : held_out(name, family.task));
  return metrics;
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
    maximize.append(metric.maximize);
  }
  out["models"] = models;
  out["fold_models"] = folds;
  out["fold_iterations"] = iterations;
  out["seconds"] = fit.seconds;
  out["shares"] = py::array_t<double>(static_cast<py::ssize_t>(fit.shares.size()), fit.shares.data());
  out["scoring"] = names;
  out["maximize"] = maximize;
  out["link"] = link_name(fit.family->link);
  const auto k = static_cast<py::ssize_t>(metrics.size()), m = static_cast<py::ssize_t>(candidates);
  const auto f = static_cast<py::ssize_t>(candidates ? fit.fold_models.size() / candidates : 0);
  out["scores"] = f > 0 ? py::array_t<double>({k, m, f}, fit.scores.data()) : py::array_t<double>({k, m, f});
  return out;
}

py::dict fit(const std::variant<py::array, Csr>& x, const Doubles& y, const std::string& family,
             const Parameters& candidates, const std::optional<Ids>& folds, int fold_count,
             const std::optional<SplitRows>& splits, const std::optional<Doubles>& weights,
             const std::optional<Doubles>& metric_weights, std::vector<std::string> scoring, const std::string& device,
             int threads, bool out_of_fold, bool all_rows, bool fold_models, int classes,
             const std::optional<py::function>& progress, const std::optional<std::string>& checkpoint,
             double checkpoint_every) {
  ArrayInput input;
  std::visit([&](const auto& given) { input.x = view(given); }, x);
  const auto each = static_cast<py::ssize_t>(input.rows());
  if (y.size() != each || (folds && folds->size() != each) || (weights && weights->size() != each) ||
      (metric_weights && metric_weights->size() != each))
    throw DataError("fit: expected " + std::to_string(each) + " labels, fold ids and weights, one a row of X");
  input.labels = y.data();
  if (weights) input.weights = weights->data();
  if (metric_weights) input.metric_weights = metric_weights->data();
  if (folds) input.folds = folds->data();
  input.fold_count = fold_count;
  const std::vector<Split> rows = splits ? as_splits(*splits) : std::vector<Split>{};
  if (splits) input.splits = &rows;
  input.all_rows = all_rows;
  input.classes = classes;
  const std::vector<HeldOutMetric> metrics = metrics_of(find_family(family), std::move(scoring), classes);
  const TrainProgress told = told_to(progress);
  Execution execution(parse_device(device), threads);
  execution.set_stop_check(interrupted_by_python);
  std::unique_ptr<ArrayMemory> memory;
  ArrayFit result;
  std::vector<double> scores;
  {
    py::gil_scoped_release release;
    if (checkpoint)
      memory = std::make_unique<ArrayMemory>(
          ArrayMemory::Options{*checkpoint, BAKEOFF_VERSION, static_cast<Micros>(checkpoint_every * kSecond)},
          execution, input, family);
    if (memory) input.memory = memory->section();
    result = fit_arrays(execution, input, family, candidates, metrics, told);
    if (out_of_fold && !result.fold_models.empty()) scores = out_of_fold_arrays(execution, result, input);
  }
  py::dict out = as_python(result, metrics, candidates.size(), fold_models);
  std::vector<py::ssize_t> shape = {static_cast<py::ssize_t>(candidates.size()), each};
  if (result.outputs > 1) shape.push_back(result.outputs);
  out["out_of_fold"] = scores.empty() ? py::object(py::none()) : py::array_t<double>(shape, scores.data());
  out["checkpoint"] = memory ? py::object(py::str(memory->folder())) : py::none();
  out["warnings"] = memory ? memory->warnings() : std::vector<std::string>{};
  return out;
}

}  // namespace

void bind_fit(py::module_& m) {
  m.def("fit", &fit, py::kw_only(), py::arg("x"), py::arg("y"), py::arg("family"), py::arg("candidates"),
        py::arg("folds"), py::arg("fold_count"), py::arg("splits"), py::arg("weights"), py::arg("metric_weights"),
        py::arg("scoring"), py::arg("device"), py::arg("threads"), py::arg("out_of_fold"), py::arg("all_rows"),
        py::arg("fold_models"), py::arg("classes"), py::arg("progress"), py::arg("checkpoint"),
        py::arg("checkpoint_every"));
}

}  // namespace bakeoff

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bind.h"
#include "bind_evaluate.h"
#include "core/error.h"
#include "core/text.h"
#include "evaluate/compare.h"
#include "evaluate/evaluate.h"

namespace bakeoff {
namespace {

using Doubles = py::array_t<double, py::array::c_style>;
using Ids = py::array_t<std::int64_t, py::array::c_style>;
using SliceRows = std::vector<std::pair<std::string, Ids>>;

template <class T>
kernels::TensorView<const T, 2> matrix(const py::array& array) {
  return kernels::matrix_view(static_cast<const T*>(array.data()), array.shape(0), array.shape(1));
}

template <class Array>
const auto* column(const std::optional<Array>& array, py::ssize_t rows, const char* what) {
  if (array && array->size() != rows)
    throw DataError(std::string(what) + ": expected " + std::to_string(rows) + " values, one a label, got " +
                    std::to_string(array->size()));
  return array ? array->data() : nullptr;
}

EvaluateInput make_input(const Doubles& labels, const py::array& scores, const std::optional<Doubles>& weights,
                         const std::optional<Ids>& units, const SliceRows& slices, std::vector<std::string> names) {
  if (scores.ndim() != 2 || scores.shape(1) != labels.size())
    throw DataError("scores: expected (M, " + std::to_string(labels.size()) + ") like the labels, got " +
                    std::to_string(scores.ndim() == 2 ? scores.shape(1) : 0) + " values a candidate");
  EvaluateInput input;
  if (py::isinstance<py::array_t<float>>(scores))
    input.scores = matrix<float>(scores);
  else
    input.scores = matrix<double>(scores);
  input.labels = labels.data();
  input.weights = column(weights, labels.size(), "weights");
  input.units = column(units, labels.size(), "units");
  input.names = std::move(names);
  for (const auto& [name, rows] : slices) input.slices.push_back({name, {rows.data(), rows.data() + rows.size()}});
  return input;
}

Task parse_task(const std::string& name) {
  if (name == "binary") return Task::binary;
  if (name == "regression") return Task::regression;
  throw SpecError("task: expected binary or regression, got '" + name + "'");
}

const std::vector<std::string> kOptions = {"resamples", "confidence", "interval", "threshold", "undefined", "seed"};

std::vector<py::ssize_t> shape(const Scoreboard& board) {
  return {static_cast<py::ssize_t>(board.names.size()), static_cast<py::ssize_t>(board.slice_names.size()),
          static_cast<py::ssize_t>(board.metric_names.size())};
}

template <class Field>
auto cells(const Scoreboard& board, Field field) {
  using T = std::decay_t<decltype(field(board.cells[0]))>;
  py::array_t<T> out(shape(board));
  T* to = out.mutable_data();
  for (const Cell& cell : board.cells) *to++ = field(cell);
  return out;
}

py::list reasons(const Scoreboard& board) {
  py::list candidates;
  auto cell = board.cells.begin();
  for (std::size_t m = 0; m < board.names.size(); ++m) {
    py::list slices;
    for (std::size_t s = 0; s < board.slice_names.size(); ++s) {
      py::list metrics;
      for (std::size_t k = 0; k < board.metric_names.size(); ++k) metrics.append(name((cell++)->reason));
      slices.append(metrics);
    }
    candidates.append(slices);
  }
  return candidates;
}

py::object replicates(const Scoreboard& board) {
  if (board.resamples == 0) return py::none();
  std::vector<py::ssize_t> extents = shape(board);
  extents.insert(extents.begin(), board.resamples);
  return py::array_t<double>(extents, board.replicates.data());
}

py::dict comparison(const Scoreboard& board, const std::string& baseline) {
  const Comparison c = compare(board, baseline);
  const auto array = [&](const std::vector<double>& v) { return py::array_t<double>(shape(board), v.data()); };
  py::dict out;
  out["difference"] = array(c.difference);
  out["low"] = array(c.low);
  out["high"] = array(c.high);
  out["p"] = array(c.p);
  out["p_adjusted"] = array(c.p_adjusted);
  out["simultaneous_low"] = array(c.simultaneous_low);
  out["simultaneous_high"] = array(c.simultaneous_high);
  out["valid_resamples"] = c.valid_resamples;
  return out;
}

Scoreboard run_evaluate(const Doubles& labels, const py::array& scores, const std::optional<Doubles>& weights,
                        const std::optional<Ids>& units, const SliceRows& slices, std::vector<std::string> names,
                        const std::string& device, int threads, py::kwargs rest) {
  const EvaluateInput input = make_input(labels, scores, weights, units, slices, std::move(names));
  const EvaluateOptions options = make_options(std::move(rest));
  Execution execution(parse_device(device), threads);
  execution.set_stop_check(interrupted_by_python);
  py::gil_scoped_release release;
  return evaluate(execution, input, options);
}

}  // namespace

EvaluateOptions make_options(py::kwargs given) {
  EvaluateOptions options;
  const auto take = [&](const char* name, auto& field) {
    if (given.contains(name)) {
      field = given.attr("pop")(name).cast<std::decay_t<decltype(field)>>();
    }
  };
  std::string task = "binary";
  take("task", task);
  options.task = parse_task(task);
  take("metrics", options.metrics);
  take("resamples", options.resamples);
  take("confidence", options.confidence);
  take("interval", options.interval);
  take("threshold", options.threshold);
  take("undefined", options.undefined);
  take("drop_nan", options.drop_nan);
  take("seed", options.seed);
  for (const auto& [name, value] : given)
    throw SpecError("evaluate: unknown option '" + py::str(name).cast<std::string>() + "'" +
                    hint(py::str(name).cast<std::string>(), kOptions));
  return options;
}

bool interrupted_by_python() {
  py::gil_scoped_acquire acquire;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  return false;
}

void bind_evaluate(py::module_& m) {
  py::class_<Scoreboard>(m, "Scoreboard")
      .def_readonly("names", &Scoreboard::names)
      .def_readonly("slice_names", &Scoreboard::slice_names)
      .def_readonly("metric_names", &Scoreboard::metric_names)
      .def_readonly("count", &Scoreboard::count)
      .def_readonly("positives", &Scoreboard::positives)
      .def_readonly("units", &Scoreboard::units)
      .def_readonly("resamples", &Scoreboard::resamples)
      .def_readonly("confidence", &Scoreboard::confidence)
      .def_readonly("interval", &Scoreboard::interval)
      .def_property_readonly("value",
                             [](const Scoreboard& b) { return cells(b, [](const Cell& c) { return c.value; }); })
      .def_property_readonly("low", [](const Scoreboard& b) { return cells(b, [](const Cell& c) { return c.low; }); })
      .def_property_readonly("high", [](const Scoreboard& b) { return cells(b, [](const Cell& c) { return c.high; }); })
      .def_property_readonly(
          "valid_resamples",
          [](const Scoreboard& b) { return cells(b, [](const Cell& c) { return c.valid_resamples; }); })
      .def_property_readonly("reason", &reasons)
      .def_property_readonly("replicates", &replicates);
  m.def("evaluate", &run_evaluate, py::kw_only(), py::arg("labels"), py::arg("scores"), py::arg("weights"),
        py::arg("units"), py::arg("slices"), py::arg("names"), py::arg("device"), py::arg("threads"));
  m.def("compare", &comparison, py::arg("board"), py::arg("baseline"));
  m.def(
      "known_metrics", [](const std::string& task) { return known_metrics(parse_task(task)); }, py::arg("task"));
}

}  // namespace bakeoff

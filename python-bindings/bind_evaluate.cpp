#include "bind_evaluate.h"

#include "core/text.h"
#include "evaluate/compare.h"
#include "evaluate/evaluate.h"
#include "evaluate/gaps.h"

namespace bakeoff {
namespace {

using ValueColumns = std::vector<std::pair<std::string, Doubles>>;

Task parse_task(const std::string& name) {
  if (name == "binary") return Task::binary;
  if (name == "regression") return Task::regression;
  throw SpecError("task: expected binary or regression, got '" + name + "'");
}

const std::vector<std::string> kOptions = {"resamples", "confidence", "interval",       "resampling",
                                           "threshold", "undefined",  "min_slice_rows", "seed"};

const char* expected(const std::string&) { return "a text"; }
const char* expected(const std::vector<std::string>&) { return "a list of texts"; }
const char* expected(double) { return "a number"; }
const char* expected(bool) { return "True or False"; }
const char* expected(int) { return "an integer of at least 0"; }
const char* expected(std::int64_t) { return expected(int{}); }
const char* expected(std::uint64_t) { return "an integer from 0 to 2^64 - 1"; }

template <class Field>
auto cells(const Scoreboard& board, Field field) {
  using T = std::decay_t<decltype(field(board.cells[0]))>;
  py::array_t<T> out(shape(board));
  T* to = out.mutable_data();
  for (const Cell& cell : board.cells) *to++ = field(cell);
  return out;
}

// A text for each cell, as nested lists (M, S, K).
template <class Text>
py::list texts(const Scoreboard& board, Text text) {
  py::list candidates;
  auto cell = board.cells.begin();
  for (std::size_t m = 0; m < board.names.size(); ++m) {
    py::list slices;
    for (std::size_t s = 0; s < board.slice_names.size(); ++s) {
      py::list metrics;
      for (std::size_t k = 0; k < board.metric_names.size(); ++k) metrics.append(text(*cell++));
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

py::dict as_dict(const Scoreboard& board, const Comparison& c) {
  py::dict out;
  out["difference"] = array(board, c.difference);
  out["low"] = array(board, c.low);
  out["high"] = array(board, c.high);
  out["p"] = array(board, c.p);
  out["p_adjusted"] = array(board, c.p_adjusted);
  out["simultaneous_low"] = array(board, c.simultaneous_low);
  out["simultaneous_high"] = array(board, c.simultaneous_high);
  out["valid_resamples"] = c.valid_resamples;
  out["method"] = c.method;
  out["adjust"] = c.adjust;
  return out;
}

// (name, more is better, function of labels, scores and weights)
CustomMetric custom_metric(py::handle given) {
  const auto [name, up, function] = given.cast<std::tuple<std::string, bool, py::function>>();
  // Held by a pointer that gives it back under the lock: the engine copies and drops this without.
  const std::shared_ptr<py::function> call(new py::function(function), [](py::function* f) {
    const py::gil_scoped_acquire lock;
    delete f;
  });
  CustomMetric metric{name, up ? Direction::maximize : Direction::minimize, {}};
  metric.on = [call](const Execution&, const EvaluateInput& rows, std::int64_t m) -> CustomMetric::OfWeights {
    const py::gil_scoped_acquire lock;
    const Index n = rows.rows();
    const py::object scores = std::visit(
        [&]<class T>(const kernels::TensorView<const T, 2>& all) {
          py::array_t<T> one(n);
          for (Index i = 0; i < n; ++i) one.mutable_data()[i] = all(m, i);
          one.attr("setflags")(false);
          return py::object(one);
        },
        rows.scores);
    const Doubles labels(n, rows.labels);
    labels.attr("setflags")(false);  // for all calls the same arrays
    const std::shared_ptr<py::tuple> fixed(new py::tuple(py::make_tuple(labels, scores)),
                                           [](py::tuple* t) {
                                             const py::gil_scoped_acquire held;
                                             delete t;
                                           });
    return [call, fixed](const std::vector<double>& weights) {
      const py::gil_scoped_acquire held;
      const Doubles drawn(static_cast<py::ssize_t>(weights.size()), weights.data());
      return (*call)((*fixed)[0], (*fixed)[1], drawn).template cast<double>();
    };
  };
  return metric;
}

Scoreboard run_evaluate(const py::dict& given) {
  const Evaluated e = make_evaluated(given);
  py::gil_scoped_release release;
  return evaluate(e.execution, e.input, e.options);
}

py::dict run_compare(const Scoreboard& board, const std::string& baseline, const py::dict& given,
                     const std::optional<std::string>& method, const std::optional<std::string>& adjust,
                     std::optional<double> margin, std::optional<int> permutations) {
  CompareOptions options;
  if (method) options.method = *method;
  if (adjust) options.adjust = *adjust;
  if (permutations) options.permutations = *permutations;
  options.margin = margin;
  if (options.method == "bootstrap") return as_dict(board, compare(board, baseline, options));
  if (given.empty())
    throw SpecError("compare: method " + options.method + " is for tasks binary and regression; expected bootstrap");
  const Evaluated e = make_evaluated(given);
  Comparison found;
  {
    py::gil_scoped_release release;
    found = compare(e.execution, e.input, e.options, board, baseline, options);
  }
  return as_dict(board, found);
}

py::dict run_gaps(const Scoreboard& board, const std::vector<std::int64_t>& slices) {
  const Gaps found = gaps(board, slices);
  const std::vector<py::ssize_t> extents = {shape(board)[0], shape(board)[2]};
  const auto array = [&](const std::vector<Interval>& from, double Interval::*field) {
    py::array_t<double> out(extents);
    for (std::size_t i = 0; i < from.size(); ++i) out.mutable_data()[i] = from[i].*field;
    return out;
  };
  const auto integers = [&](const std::vector<std::int64_t>& from) {
    return py::array_t<std::int64_t>(extents, from.data());
  };
  py::dict out;
  out["difference"] = array(found.difference, &Interval::value);
  out["low"] = array(found.difference, &Interval::low);
  out["high"] = array(found.difference, &Interval::high);
  out["ratio"] = array(found.ratio, &Interval::value);
  out["ratio_low"] = array(found.ratio, &Interval::low);
  out["ratio_high"] = array(found.ratio, &Interval::high);
  out["lowest"] = integers(found.lowest);
  out["highest"] = integers(found.highest);
  out["valid_resamples"] = integers(found.valid_resamples);
  return out;
}

}  // namespace

std::variant<kernels::TensorView<const float, 2>, kernels::TensorView<const double, 2>> score_view(
    const py::array& scores) {
  const auto view = [&]<class T>(const T* data) {
    return kernels::matrix_view(data, scores.shape(0), scores.shape(1));
  };
  if (py::isinstance<py::array_t<float>>(scores)) return view(static_cast<const float*>(scores.data()));
  return view(static_cast<const double*>(scores.data()));
}

EvaluateInput make_input(const Doubles& labels, const py::array& scores, const std::optional<Doubles>& weights) {
  if (scores.ndim() != 2 || scores.shape(1) != labels.size())
    throw DataError("scores: expected (M, " + std::to_string(labels.size()) +
                    "), a row a candidate and a column a label, got (" + std::to_string(scores.shape(0)) + ", " +
                    std::to_string(scores.shape(1)) + ")" +
                    (scores.shape(0) == labels.size() ? "; transpose them" : ""));
  EvaluateInput input;
  input.scores = score_view(scores);
  input.labels = labels.data();
  input.weights = column(weights, labels.size(), "weights");
  return input;
}

std::vector<Slice> make_slices(const SliceCodes& given) {
  std::vector<Slice> slices;
  for (const auto& [names, codes] : given)
    for (Slice& slice : slices_of_codes(names, codes.data(), codes.size())) slices.push_back(std::move(slice));
  return slices;
}

std::vector<py::ssize_t> shape(const Scoreboard& board) {
  return {static_cast<py::ssize_t>(board.names.size()), static_cast<py::ssize_t>(board.slice_names.size()),
          static_cast<py::ssize_t>(board.metric_names.size())};
}

Evaluated make_evaluated(const py::dict& given) {
  py::kwargs rest(py::reinterpret_steal<py::kwargs>(given.attr("copy")().release()));
  const auto take = [&](const char* name) { return py::object(rest.attr("pop")(name)); };
  const auto labels = take("labels").cast<Doubles>();
  const auto scores = take("scores").cast<py::array>();
  const auto weights = take("weights").cast<std::optional<Doubles>>();
  const auto units = take("units").cast<std::optional<Ids>>(), strata = take("strata").cast<std::optional<Ids>>();
  const auto slices = take("slices").cast<SliceCodes>();
  const auto values = take("values").cast<ValueColumns>();
  const auto names = take("names").cast<std::vector<std::string>>();
  EvaluateInput input = make_input(labels, scores, weights);
  input.units = column(units, labels.size(), "units");
  input.strata = column(strata, labels.size(), "strata");
  input.slices = make_slices(slices);
  input.names = names;
  for (const auto& [name, given_column] : values)
    input.values.push_back({name, column(std::optional(given_column), labels.size(), ("values " + name).c_str())});
  Execution execution(parse_device(take("device").cast<std::string>()), take("threads").cast<int>());
  execution.set_stop_check(interrupted_by_python);
  std::vector<py::object> arrays = {labels, scores};
  for (const auto& ids : {units, strata})
    if (ids) arrays.push_back(*ids);
  if (weights) arrays.push_back(*weights);
  for (const auto& [name, column] : values) arrays.push_back(column);
  return {std::move(input), make_options(std::move(rest)), std::move(execution), std::move(arrays)};
}

EvaluateOptions make_options(py::kwargs given) {
  EvaluateOptions options;
  options.interval = "auto";
  const auto take = [&](const char* name, auto& field) {
    if (!given.contains(name)) return;
    const py::object value = given.attr("pop")(name);
    try {
      field = value.cast<std::decay_t<decltype(field)>>();
    } catch (const py::cast_error&) {
      throw SpecError(std::string(name) + ": expected " + expected(field) + ", got " +
                      py::repr(value).cast<std::string>());
    }
  };
  std::string task = "binary";
  take("task", task);
  options.task = parse_task(task);
  take("metrics", options.metrics);
  take("resamples", options.resamples);
  take("confidence", options.confidence);
  take("interval", options.interval);
  take("resampling", options.resampling);
  take("min_slice_rows", options.min_slice_rows);
  take("threshold", options.threshold);
  take("undefined", options.undefined);
  take("compat", options.compat);
  take("drop_nan", options.drop_nan);
  take("seed", options.seed);
  if (given.contains("custom"))
    for (const py::handle each : given.attr("pop")("custom")) options.custom.push_back(custom_metric(each));
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
      .def_readwrite("rows_dropped", &Scoreboard::rows_dropped)
      .def_property_readonly(
          "resampling", [](const Scoreboard& b) { return texts(b, [](const Cell& c) { return name(c.resampling); }); })
      .def_property_readonly("reason",
                             [](const Scoreboard& b) { return texts(b, [](const Cell& c) { return name(c.reason); }); })
      .def_property_readonly("method",
                             [](const Scoreboard& b) { return texts(b, [](const Cell& c) { return name(c.method); }); })
      .def_property_readonly("replicates", &replicates);
  m.def("evaluate", &run_evaluate, py::arg("given"));
  m.def("compare", &run_compare, py::arg("board"), py::arg("baseline"), py::arg("given"), py::arg("method"),
        py::arg("adjust"), py::arg("margin"), py::arg("permutations"));
  m.def("gaps", &run_gaps, py::arg("board"), py::arg("slices"));
  m.def(
      "known_metrics", [](const std::string& task) { return known_metrics(parse_task(task)); }, py::arg("task"));
}

}  // namespace bakeoff

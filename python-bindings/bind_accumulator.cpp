#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bind.h"
#include "bind_evaluate.h"
#include "evaluate/accumulator.h"

namespace bakeoff {
namespace {

KeepRows keep_of(std::optional<bool> keep) {
  return !keep ? KeepRows::if_needed : *keep ? KeepRows::always : KeepRows::never;
}

Execution execution_of(const std::string& device, int threads) {
  Execution execution(parse_device(device), threads);
  execution.set_stop_check(interrupted_by_python);
  return execution;
}

void update(Accumulator& accumulator, const py::dict& given, std::optional<std::int64_t> first_row) {
  const Evaluated batch = make_evaluated(given);
  py::gil_scoped_release release;
  accumulator.update(batch.execution, batch.input, first_row.value_or(accumulator.end()));
}

void merge(Accumulator& accumulator, const Accumulator& other, const std::string& device, int threads) {
  const Execution execution = execution_of(device, threads);
  py::gil_scoped_release release;
  accumulator.merge(execution, other);
}

Scoreboard compute(const Accumulator& accumulator, const std::string& device, int threads) {
  const Execution execution = execution_of(device, threads);
  py::gil_scoped_release release;
  return accumulator.compute(execution);
}

// The rows that are kept, as evaluate takes them; the arrays own a copy.
py::object kept(const Accumulator& accumulator) {
  std::shared_ptr<JoinedRows> rows = accumulator.kept();
  if (!rows) return py::none();
  const EvaluateInput& input = rows->input;
  const Index n = input.rows(), m = input.candidates();
  const auto column = [&]<class T>(const T* from) -> py::object {
    return from || n == 0 ? py::object(py::array_t<T>(n, from)) : py::object(py::none());
  };
  py::dict out;
  out["labels"] = column(input.labels);
  out["scores"] = std::visit(
      [&]<class T>(const kernels::TensorView<const T, 2>& scores) {
        return py::object(py::array_t<T>({m, n}, scores.data));
      },
      input.scores);
  out["weights"] = input.weights ? column(input.weights) : py::none();
  out["units"] = input.units ? column(input.units) : py::none();
  out["strata"] = input.strata ? column(input.strata) : py::none();
  py::list values;
  for (const ValueColumn& each : input.values) values.append(py::make_tuple(each.name, column(each.values)));
  out["values"] = values;
  return out;
}

}  // namespace

void bind_accumulator(py::module_& m) {
  py::class_<Accumulator>(m, "Accumulator")
      .def(py::init([](const py::dict& options, std::int64_t first_row, std::optional<bool> keep_rows) {
             return Accumulator(make_options(py::kwargs(options.attr("copy")())), first_row, keep_of(keep_rows));
           }),
           py::arg("options"), py::arg("first_row"), py::arg("keep_rows"))
      .def("update", &update, py::arg("given"), py::arg("first_row"))
      .def("merge", &merge, py::arg("other"), py::arg("device"), py::arg("threads"))
      .def("compute", &compute, py::arg("device"), py::arg("threads"))
      .def("kept", &kept)
      .def("reset", &Accumulator::reset)
      .def("save", [](const Accumulator& a) { return py::bytes(a.save()); })
      .def(
          "load", [](Accumulator& a, const py::bytes& bytes) { a.load(std::string_view(bytes)); }, py::arg("bytes"))
      .def_property_readonly("rows", &Accumulator::rows)
      .def_property_readonly("end", &Accumulator::end)
      .def_property_readonly("bytes", &Accumulator::bytes)
      .def_property_readonly("keeps_rows", &Accumulator::keeps_rows);
}

}  // namespace bakeoff

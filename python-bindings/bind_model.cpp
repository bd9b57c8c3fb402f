#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bind.h"
#include "core/error.h"
#include "export/load_model.h"
#include "ingest/arrow.h"
#include "ingest/unit.h"

namespace bakeoff {
namespace {

// The stream of an Arrow PyCapsule (__arrow_c_stream__).
ArrowArrayStream* stream_of(const py::capsule& capsule) {
  if (std::string(capsule.name() ? capsule.name() : "") != "arrow_array_stream")
    throw DataError("expected an Arrow stream (__arrow_c_stream__), got a capsule of another kind");
  return static_cast<ArrowArrayStream*>(capsule.get_pointer());
}

py::array_t<float> predict(const Model& model, const py::capsule& table) {
  ArrowArrayStream* stream = stream_of(table);
  Execution execution;
  execution.set_stop_check(interrupted_by_python);
  std::vector<float> scores;
  {
    py::gil_scoped_release release;
    scores = model.predict(execution, dataset_from_arrow_c_stream(execution, stream, "table"));
  }
  const py::ssize_t outputs = model.outputs(), rows = static_cast<py::ssize_t>(scores.size()) / outputs;
  return py::array_t<float>(outputs > 1 ? std::vector{rows, outputs} : std::vector{rows}, scores.data());
}

// Unit ids of texts, by the weight law.
py::array_t<std::int64_t> hash_strings(const std::vector<std::string>& texts) {
  CategoricalColumn column;
  column.categories = texts;
  column.codes.resize(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) column.codes[i] = static_cast<std::int32_t>(i);
  UnitSpec unit;
  unit.column = "units";
  const std::vector<std::int64_t> ids = unit_ids(Dataset({{"units", std::move(column)}}, "units"), unit);
  return py::array_t<std::int64_t>(static_cast<py::ssize_t>(ids.size()), ids.data());
}

}  // namespace

void bind_model(py::module_& m) {
  py::class_<Model, std::shared_ptr<Model>>(m, "Model")
      .def("predict", &predict, py::arg("table"))
      .def("columns", &Model::columns)
      .def("classes", &Model::classes)
      .def("family", &Model::family);
  m.def(
      "load_model", [](const std::string& folder) { return std::const_pointer_cast<Model>(load_model(folder)); },
      py::arg("folder"));
  m.def("hash_strings", &hash_strings, py::arg("texts"));
}

}  // namespace bakeoff

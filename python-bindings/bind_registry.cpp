#include <pybind11/stl.h>

#include "bind.h"
#include "registry/registry.h"

namespace bakeoff {

void bind_registry(py::module_& m) {
  py::class_<RegisteredModel>(m, "RegisteredModel")
      .def_readonly("version", &RegisteredModel::version)
      .def_readonly("name", &RegisteredModel::name)
      .def_readonly("kind", &RegisteredModel::kind)
      .def_readonly("location", &RegisteredModel::location)
      .def_readonly("sha256", &RegisteredModel::sha256)
      .def_readonly("metadata", &RegisteredModel::metadata)
      .def_readonly("created", &RegisteredModel::created)
      .def("__repr__", [](const RegisteredModel& model) {
        return "RegisteredModel(" + model.name + " v" + std::to_string(model.version) + ", " + model.kind + ", " +
               model.location + ")";
      });
  py::class_<HistoryEntry>(m, "HistoryEntry")
      .def_readonly("id", &HistoryEntry::id)
      .def_readonly("name", &HistoryEntry::name)
      .def_readonly("action", &HistoryEntry::action)
      .def_readonly("version", &HistoryEntry::version)
      .def_readonly("previous", &HistoryEntry::previous)
      .def_readonly("run_id", &HistoryEntry::run_id)
      .def_readonly("reason", &HistoryEntry::reason)
      .def_readonly("at", &HistoryEntry::at);
  const auto release = py::call_guard<py::gil_scoped_release>();
  py::class_<Registry>(m, "Registry", "Models and champions in SQLite; any number of processes may use it at once.")
      .def(py::init<const std::string&>(), py::arg("path"))
      .def(
          "add",
          [](Registry& self, const std::string& name, const std::string& kind, const std::string& location,
             const std::string& metadata, const std::string& run_id) {
            RegisteredModel model;
            model.name = name;
            model.kind = kind;
            model.location = location;
            model.metadata = metadata;
            return self.add(model, run_id);
          },
          py::arg("name"), py::arg("kind"), py::arg("location"), py::arg("metadata") = "{}", py::arg("run_id") = "",
          release, "kind: 'bakeoff' (a model folder), 'onnx' (a file) or 'scores' (a column of logged scores).")
      .def("list", &Registry::list, py::arg("name") = "", release)
      .def("get", &Registry::get, py::arg("name"), py::arg("version"), release)
      .def("champion", &Registry::champion, py::arg("name"), release)
      .def("history", &Registry::history, py::arg("name"), release)
      .def("promote", &Registry::promote, py::arg("name"), py::arg("version"), py::arg("expected"),
           py::arg("run_id") = "", py::arg("reason") = "", release,
           "Compare-and-set: PromotionConflict unless the champion's version is `expected` (None: there is none yet).")
      .def("rollback", &Registry::rollback, py::arg("name"), py::arg("reason") = "", py::arg("expected") = py::none(),
           release)
      .def("verify", &Registry::verify, release);
}

}  // namespace bakeoff

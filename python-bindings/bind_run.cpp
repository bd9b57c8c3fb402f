#include <pybind11/stl.h>

#include "bind.h"
#include "core/json_text.h"
#include "decide/verdict.h"
#include "pipeline.h"
#include "spec/spec.h"

namespace bakeoff {
namespace {

// Where a listener calls back into Python, it takes the GIL for the call.
void listen(EventSink& events, const py::object& listener) {
  if (listener.is_none()) return;
  events.listen([listener](const Json& event) {
    py::gil_scoped_acquire acquire;
    listener(event.dump());
  });
}

Execution make_execution(const Spec& spec) {
  Execution execution(parse_device(spec.compute.device), spec.compute.threads);
  execution.set_stop_check(interrupted_by_python);
  return execution;
}

std::pair<std::string, std::string> run(const std::string& path, const std::string& out, const std::string& run_id,
                                        const Overrides& overrides, const py::object& listener) {
  EventSink events;
  listen(events, listener);
  py::gil_scoped_release release;
  const Spec spec = read_spec(path, overrides);
  const RunResult result = run_bakeoff(make_execution(spec), spec, {out, run_id}, events);
  return {result.run_id, result.path};
}

std::string monitor_text(const std::string& path, const std::string& at, const Overrides& overrides) {
  EventSink events;
  py::gil_scoped_release release;
  const Spec spec = read_spec(path, overrides);
  MonitorOptions options;
  if (!at.empty()) options.at = parse_time(at, spec.data.unit.zone);
  return monitor_json(monitor_champion(make_execution(spec), spec, options, events));
}

}  // namespace

void bind_run(py::module_& m) {
  m.def("run", &run, py::arg("spec"), py::arg("out"), py::arg("run_id"), py::arg("overrides"), py::arg("listener"));
  m.def("monitor", &monitor_text, py::arg("spec"), py::arg("at"), py::arg("overrides"));
}

}  // namespace bakeoff

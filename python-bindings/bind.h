// Registers and converts, nothing else. Defaults live in C++ alone.
#pragma once
#include <pybind11/pybind11.h>

namespace bakeoff {

namespace py = pybind11;

void bind_accumulator(py::module_& m);
void bind_curves(py::module_& m);
void bind_drift(py::module_& m);
void bind_errors(py::module_& m);
void bind_evaluate(py::module_& m);
void bind_classes(py::module_& m);
void bind_fit(py::module_& m);
void bind_model(py::module_& m);
void bind_rank(py::module_& m);
void bind_registry(py::module_& m);
void bind_run(py::module_& m);
void bind_search(py::module_& m);

// The stop check of every long call: Ctrl-C reaches Python as KeyboardInterrupt.
bool interrupted_by_python();

}  // namespace bakeoff

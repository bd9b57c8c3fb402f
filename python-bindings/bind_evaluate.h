// What the bindings of the evaluations share.
#pragma once
#include <vector>

#include "bind.h"
#include "core/execution.h"
#include "evaluate/evaluate.h"

namespace bakeoff {

// What was evaluated, as Python keeps it: the arguments of evaluate and compare.
struct Evaluated {
  EvaluateInput input;
  EvaluateOptions options;
  Execution execution;
  std::vector<py::object> arrays;  // what the input points to
};

Evaluated make_evaluated(const py::dict& given);

// Takes each option that is given from the keywords; what is left over is an error.
EvaluateOptions make_options(py::kwargs given);

}  // namespace bakeoff

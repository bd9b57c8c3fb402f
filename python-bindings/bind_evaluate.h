// What the bindings of the evaluations share.
#pragma once
#include "bind.h"
#include "evaluate/evaluate.h"

namespace bakeoff {

// Takes each option that is given from the keywords; what is left over is an error.
EvaluateOptions make_options(py::kwargs given);

}  // namespace bakeoff
